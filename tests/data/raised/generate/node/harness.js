// Raises every registered fault and writes down what V8's call sites say, one JSON line each.
'use strict'

const util = require('node:util')

const ROOT = '/usr/src/app/'
const sites = new WeakMap()
Error.prepareStackTrace = (error, callSites) => {
  sites.set(error, callSites)
  const header = Error.prototype.toString.call(error)
  return callSites.length ? `${header}\n    at ${callSites.join('\n    at ')}` : header
}

const faults = []

/** One meaning of a fault and the judgement of a person about it. */
function meaning (key, category, severity, also = '', data = {}) {
  return { key, category, severity, also: also.split(' ').filter(Boolean), ...data }
}

/** Register a function that raises; it gets what differs each time and the data of the meaning. */
function fault (library, raiser, meanings, { times = 2, inspect = false } = {}) {
  faults.push({ library, raiser, meanings, times, inspect })
}

function values (turn) {
  const n = 40213 + 977 * turn
  const hex = (n * 7919 * 104729).toString(16)
  return {
    n,
    port: 47011 + 6 * turn,
    id: `ord_${hex}`,
    uuid: `${hex.slice(0, 8)}-5358-41fa-9611-1b3e4492${n % 9000 + 1000}`,
    path: `/tmp/shop/${hex.slice(0, 6)}/invoice-${n}.json`,
    email: `customer${n}@example.org`,
    text: ['north', 'harbour', 'meadow'][turn]
  }
}

// What the OpenTelemetry SDK for Node.js records: the code wins over the name.
function line (half, one, how, error) {
  const stacktrace = one.inspect ? util.inspect(error) : String(error.stack)
  return {
    language: 'nodejs',
    library: one.library,
    half,
    type: error.code ? String(error.code) : String(error.name),
    message: String(error.message),
    stacktrace,
    attributes: how.attributes || {},
    category: how.category,
    also: how.also,
    severity: how.severity,
    expected: expected(error, stacktrace, one.inspect),
    group: `nodejs/${one.library}/${one.raiser.name}/${how.key}`
  }
}

function expected (error, stacktrace, withCauses) {
  const chain = withCauses ? way(error) : [error]
  const frames = sites.get(error) || []
  const whole = frames.length > 0 && frames.every(site => stacktrace.includes(`at ${site}`))
  // Some libraries exchange the text for that of another error: then nothing is known of it.
  const told = frames.length > 0 && stacktrace.split('\n    at ')[1]?.startsWith(`${frames[0]}`) ? frames[0] : null
  const source = inApp(sites.get(chain[chain.length - 1])) || inApp(frames)
  const known = told && source && stacktrace.includes(`at ${source}`)
  return {
    innermost_function: told ? nameOf(told) : null,
    innermost_file: told ? told.getFileName() : null,
    innermost_line: told ? told.getLineNumber() : null,
    in_app_source_function: known ? nameOf(source) : null,
    in_app_source_file: known ? source.getFileName() : null,
    frames_count: whole && (withCauses || stacktrace.split('\n    at ').length === frames.length + 1) ? frames.filter((site, at) => at === 0 || `${site}` !== `${frames[at - 1]}`).length : null,
    chain_types: chain.map(each => each.name)
  }
}

function nameOf (site) {
  return site.getFunctionName() || site.getMethodName() || '<anonymous>'
}

function way (error) {
  const chain = []
  for (let at = error; at instanceof Error && !chain.includes(at); at = at.cause) chain.push(at)
  return chain
}

function inApp (frames) {
  return (frames || []).find(site => {
    const file = (site.getFileName() || '').replace('file://', '')
    return file.startsWith(ROOT) && !file.includes('/node_modules/')
  })
}

async function handleRequest (one, how, turn) {
  return await one.raiser(values(turn), how)
}

async function main (half) {
  process.on('uncaughtException', () => {})
  process.on('unhandledRejection', () => {})
  require(`./${half}.js`)
  for (const one of faults) {
    for (const how of one.meanings) {
      for (let turn = 0; turn < one.times; turn++) {
        try {
          await handleRequest(one, how, turn)
          process.stderr.write(`did not raise: ${one.library} ${one.raiser.name} ${how.key}\n`)
        } catch (error) {
          process.stdout.write(JSON.stringify(line(half, one, how, error)) + '\n')
        }
      }
    }
  }
  process.exit(0)
}

module.exports = { fault, meaning, main }
