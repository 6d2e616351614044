// `node raise.js tuning|measuring`, in a folder that holds the other files as `src/`.
'use strict'

require('./src/harness.js').main(process.argv[2])
