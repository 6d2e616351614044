// pg, ioredis, ajv, joi, got, undici, the Anthropic client, node:fs and the language.
'use strict'

const fs = require('node:fs')
const { Client, Pool } = require('pg')
const Redis = require('ioredis')
const Ajv = require('ajv')
const Joi = require('joi')
const undici = require('undici')
const Anthropic = require('@anthropic-ai/sdk')
const yaml = require('js-yaml')
const { fault, meaning } = require('./harness.js')

const STAND_IN = 'http://127.0.0.1:18080'
const SETTINGS = { host: '127.0.0.1', port: 15432, user: 'shop', password: 'closed-door', database: 'postgres' }
const postgres = { attributes: { 'db.system.name': 'postgresql' } }

async function withClient (work, settings = {}) {
  const client = new Client({ ...SETTINGS, ...settings })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function saveOrder (v, { sql }) {
  return withClient(client => client.query(sql.replaceAll('{n}', v.n)))
}
fault('pg', saveOrder, [
  meaning('unique', 'database', 'medium', 'validation', { sql: "INSERT INTO customers (email) VALUES ('a@example.org')", ...postgres }),
  meaning('null', 'database', 'medium', 'validation', { sql: 'INSERT INTO customers (id, age) VALUES ({n}, 4)' }),
  meaning('foreign', 'database', 'medium', 'validation', { sql: 'INSERT INTO orders (customer_id, total) VALUES ({n}, 1)' }),
  meaning('check', 'database', 'medium', 'validation', { sql: "INSERT INTO customers (id, email, age) VALUES ({n}, 'c{n}', -3)" }),
  meaning('table', 'database', 'high', '', { sql: 'SELECT * FROM invoices WHERE id = {n}' }),
  meaning('column shelf', 'database', 'high', '', { sql: 'SELECT shelf FROM orders WHERE id = {n}' }),
  meaning('column vat', 'database', 'high', '', { sql: 'SELECT vat FROM orders WHERE id = {n}' }),
  meaning('syntax', 'database', 'medium', 'programming_error', { sql: 'SELEC total FROM orders WHERE id = {n}' }),
  meaning('uuid', 'database', 'medium', 'validation serialization', { sql: "SELECT * FROM orders WHERE reference = 'x{n}'" }),
  meaning('zero', 'database', 'medium', 'programming_error validation', { sql: 'SELECT {n} / 0' })
])

async function openBooks (v, { settings }) {
  return withClient(client => client.query('SELECT 1'), settings(v))
}
fault('pg', openBooks, [
  meaning('refused', 'database', 'high', 'network', { settings: v => ({ port: v.port }) }),
  meaning('password', 'database', 'high', 'authentication', { settings: v => ({ password: v.text }) }),
  meaning('database', 'database', 'high', 'configuration', { settings: v => ({ database: 'ledger' }) })
])

async function waitForBooks (v) {
  const pool = new Pool({ ...SETTINGS, max: 1, connectionTimeoutMillis: 100 + v.n % 7 })
  const held = await pool.connect()
  try {
    return await pool.connect()
  } finally {
    held.release()
    await pool.end()
  }
}
fault('pg', waitForBooks, [meaning('pool', 'database', 'high', 'timeout resource_exhaustion')])

async function readBasket (v, { kind }) {
  const redis = new Redis({ port: 16379, lazyConnect: true, enableReadyCheck: false, retryStrategy: null })
  redis.on('error', () => {})
  try {
    return await redis.get(`${kind}:${v.id}`)
  } finally {
    redis.disconnect()
  }
}
fault('ioredis', readBasket, [
  meaning('type', 'database', 'medium', 'programming_error', { kind: 'wrongtype', attributes: { 'db.system.name': 'redis' } }),
  meaning('memory', 'database', 'high', 'resource_exhaustion', { kind: 'oom' }),
  meaning('replica', 'database', 'high', 'configuration', { kind: 'readonly' }),
  meaning('password', 'database', 'high', 'authentication', { kind: 'noauth' })
])

async function rememberBasket (v) {
  const redis = new Redis({ port: v.port, lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => 10 })
  redis.on('error', () => {})
  try {
    return await redis.set(v.id, 1)
  } finally {
    redis.disconnect()
  }
}
fault('ioredis', rememberBasket, [meaning('refused', 'database', 'high', 'network')])

function checkLine (v, { data }) {
  const check = new Ajv().compile({ type: 'object', required: ['sku'], properties: { count: { minimum: 1 } } })
  if (!check(data(v))) throw new Ajv.ValidationError(check.errors)
}
fault('ajv', checkLine, [meaning('required', 'validation', 'low', '', { data: v => ({}) })], { times: 1 })

function compileSchema (v) {
  return new Ajv().compile({ type: 'objekt', title: v.text })
}
fault('ajv', compileSchema, [meaning('schema', 'programming_error', 'high', 'validation configuration')])

const ORDER = Joi.object({ sku: Joi.string().required(), count: Joi.number().min(1), email: Joi.string().email() })
function acceptOrder (v, { data }) {
  return Joi.attempt(data(v), ORDER)
}
fault('joi', acceptOrder, [
  meaning('required', 'validation', 'low', '', { data: v => ({ count: v.n }) }),
  meaning('minimum', 'validation', 'low', '', { data: v => ({ sku: v.id, count: -v.n }) }),
  meaning('number', 'validation', 'low', 'serialization', { data: v => ({ sku: v.id, count: v.text }) }),
  meaning('email', 'validation', 'low', '', { data: v => ({ sku: v.id, email: v.text }) }),
  meaning('unknown', 'validation', 'low', '', { data: v => ({ sku: v.id, colour: v.text }) })
])

async function loadCatalogue (v) {
  const { default: got } = await import('got')
  return got(`http://127.0.0.1:${v.port}/catalogue/${v.n}`, { retry: { limit: 0 } })
}
fault('got', loadCatalogue, [meaning('refused', 'network', 'high')])

async function loadPrices (v, { status }) {
  const { default: got } = await import('got')
  return got(`${STAND_IN}/status/${status}/prices/${v.id}`, { retry: { limit: 0 } }).json()
}
fault('got', loadPrices, [
  meaning('401', 'authentication', 'high', 'authorization', { status: 401 }),
  meaning('404', 'dependency', 'medium', 'validation', { status: 404 }),
  meaning('429', 'rate_limit', 'medium', '', { status: 429 }),
  meaning('500', 'dependency', 'high', '', { status: 500 })
])

async function loadSlowly (v) {
  const { default: got } = await import('got')
  return got(`http://127.0.0.1:18081/${v.n}`, { retry: { limit: 0 }, timeout: { request: 200 } })
}
fault('got', loadSlowly, [meaning('timeout', 'timeout', 'medium', 'network')])

async function fetchStock (v, { url, options }) {
  const answer = await fetch(url(v), options && options())
  return answer.json()
}
fault('undici', fetchStock, [
  meaning('refused', 'network', 'high', '', { url: v => `http://127.0.0.1:${v.port}/stock` }),
  meaning('dropped', 'network', 'medium', 'dependency', { url: v => `${STAND_IN}/drop/${v.n}` }),
  meaning('certificate', 'network', 'high', 'configuration', { url: v => `https://127.0.0.1:18443/stock/${v.n}` })
], { inspect: true })

async function fetchRates (v, { url, options }) {
  const answer = await fetch(url(v), options && options())
  return answer.json()
}
fault('undici', fetchRates, [
  meaning('html', 'serialization', 'medium', 'dependency', { url: v => `${STAND_IN}/html/${v.n}` }),
  meaning('comma', 'serialization', 'medium', 'dependency', { url: v => `${STAND_IN}/json/${v.n}` }),
  meaning('timeout', 'timeout', 'medium', 'network', { url: v => `http://127.0.0.1:18081/${v.n}`, options: () => ({ signal: AbortSignal.timeout(200) }) }),
  meaning('url', 'validation', 'medium', 'configuration programming_error', { url: v => `rates/${v.n}` }),
  meaning('failed', 'network', 'high', 'unknown', { url: v => `http://127.0.0.1:${v.port}/rates` })
])

async function requestStock (v) {
  return undici.request(`http://127.0.0.1:${v.port}/stock/${v.id}`)
}
fault('undici', requestStock, [meaning('refused', 'network', 'high')])

async function requestSlowly (v) {
  return undici.request(`http://127.0.0.1:18081/stock/${v.id}`, { headersTimeout: 200 })
}
fault('undici', requestSlowly, [meaning('headers', 'timeout', 'medium', 'network')])

async function greet (v, { kind }) {
  const client = new Anthropic({ apiKey: 'none', baseURL: `${STAND_IN}/llm/anthropic/${kind}`, maxRetries: 0 })
  return client.messages.create({ model: 'claude', max_tokens: 9, messages: [{ role: 'user', content: v.text }] })
}
fault('anthropic-node', greet, [
  meaning('key', 'llm_api', 'high', 'authentication', { kind: 'key', attributes: { 'gen_ai.operation.name': 'chat' } }),
  meaning('model', 'llm_api', 'high', 'configuration', { kind: 'model' }),
  meaning('rate', 'llm_api', 'medium', 'rate_limit', { kind: 'rate' }),
  meaning('overloaded', 'llm_api', 'medium', 'dependency rate_limit', { kind: 'overloaded' }),
  meaning('context', 'llm_api', 'medium', 'validation', { kind: 'context' })
])

function readFile (v, { path }) {
  return fs.readFileSync(path(v), 'utf8')
}
fault('fs', readFile, [
  meaning('missing', 'filesystem', 'medium', 'configuration', { path: v => v.path }),
  meaning('directory', 'filesystem', 'medium', '', { path: v => '/tmp' }),
  meaning('not directory', 'filesystem', 'medium', '', { path: v => `/etc/passwd/${v.n}` })
])

async function readLater (v) {
  return fs.promises.readFile(v.path)
}
fault('fs', readLater, [meaning('missing', 'filesystem', 'medium', 'configuration')])

function parseBasket (v, { text }) {
  return JSON.parse(text(v))
}
fault('JSON', parseBasket, [
  meaning('end', 'serialization', 'medium', '', { text: v => `{"id": ${v.n}` }),
  meaning('token', 'serialization', 'medium', '', { text: v => `<html>${v.n}` }),
  meaning('control', 'serialization', 'medium', '', { text: v => `{"a": "${v.n}\n"}` }),
  meaning('undefined', 'serialization', 'medium', 'programming_error', { text: v => undefined })
])

function writeBasket (v, { value }) {
  return JSON.stringify(value(v))
}
fault('JSON', writeBasket, [
  meaning('circular', 'serialization', 'medium', 'programming_error', { value: v => { const a = { n: v.n }; a.self = a; return a } }),
  meaning('bigint', 'serialization', 'medium', 'programming_error', { value: v => BigInt(v.n) })
])

function parseMenu (v, { text }) {
  return yaml.load(text(v))
}
fault('js-yaml', parseMenu, [
  meaning('indent', 'serialization', 'medium', 'configuration', { text: v => `a: b: ${v.n}` }),
  meaning('bracket', 'serialization', 'medium', 'configuration', { text: v => `a: [1, ${v.n}` }),
  meaning('duplicate', 'serialization', 'medium', 'configuration', { text: v => `a: 1\na: ${v.n}` })
])

class Cart {
  constructor (lines) { this.lines = lines }
  total (how, v) {
    if (how === 'undefined') return this.lines.missing.price
    if (how === 'null') return this.owner(v).name
    if (how === 'function') return this.lines.sum(v.n)
    if (how === 'name') return undeclared + v.n // eslint-disable-line no-undef
    if (how === 'const') { const one = v.n; one++; return one } // eslint-disable-line no-const-assign
    if (how === 'iterable') { const [first] = v.n; return first }
    if (how === 'length') return new Array(-v.n)
    return (v.n / 3).toFixed(v.n)
  }

  owner (v) { return v.n ? null : this }
}
function totalOf (v, { key }) {
  return new Cart([v.id]).total(key, v)
}
fault('v8', totalOf, ['undefined', 'null', 'function', 'name', 'const', 'iterable', 'length', 'digits'].map(key => meaning(key, 'programming_error', 'medium', key === 'digits' ? 'validation' : '')))

function deepen (v) { return deepen(v) + 1 }
fault('v8', deepen, [meaning('recursion', 'programming_error', 'medium', 'resource_exhaustion')], { times: 1 })

async function wrapped (v) {
  try {
    return readFile(v, { path: () => v.path })
  } catch (error) {
    throw new Error(`order ${v.n} has no invoice`, { cause: error })
  }
}
fault('v8', wrapped, [meaning('cause', 'filesystem', 'medium', 'unknown')], { inspect: true })

async function anyOf (v) {
  return Promise.any([readLater(v), readLater(v)])
}
fault('v8', anyOf, [meaning('aggregate', 'filesystem', 'medium', 'unknown')])
