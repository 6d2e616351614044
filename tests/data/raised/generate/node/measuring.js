// axios, mysql2, zod, express, jsonwebtoken, mongodb, sequelize, graphql, the OpenAI client and node's own parts.
'use strict'

const childProcess = require('node:child_process')
const crypto = require('node:crypto')
const http = require('node:http')
const net = require('node:net')
const dns = require('node:dns')
const vm = require('node:vm')
const zlib = require('node:zlib')
const { EventEmitter, once } = require('node:events')
const axios = require('axios')
const express = require('express')
const graphql = require('graphql')
const jwt = require('jsonwebtoken')
const mysql = require('mysql2/promise')
const { MongoClient, ObjectId } = require('mongodb')
const OpenAI = require('openai')
const { Sequelize } = require('sequelize')
const { z } = require('zod')
const { fault, meaning } = require('./harness.js')

const STAND_IN = 'http://127.0.0.1:18080'

async function printLabel (v, { status }) {
  const answer = await axios.get(`${STAND_IN}/status/${status}/labels/${v.uuid}`)
  return answer.data
}
fault('axios', printLabel, [
  meaning('401', 'authentication', 'high', 'authorization', { status: 401 }),
  meaning('403', 'authorization', 'high', 'authentication', { status: 403 }),
  meaning('404', 'dependency', 'medium', 'validation', { status: 404 }),
  meaning('429', 'rate_limit', 'medium', '', { status: 429 }),
  meaning('500', 'dependency', 'high', '', { status: 500 }),
  meaning('503', 'dependency', 'high', 'network', { status: 503 })
])

async function trackParcel (v, { url }) {
  return axios.get(url(v), { timeout: 250, maxRedirects: 3 })
}
fault('axios', trackParcel, [
  meaning('refused', 'network', 'high', '', { url: v => `http://127.0.0.1:${v.port}/parcels/${v.id}` }),
  meaning('timeout', 'timeout', 'medium', 'network', { url: v => `http://127.0.0.1:18081/${v.n}` }),
  meaning('dropped', 'network', 'medium', 'dependency', { url: v => `${STAND_IN}/drop/${v.n}` }),
  meaning('certificate', 'network', 'high', 'configuration', { url: v => `https://127.0.0.1:18443/${v.n}` }),
  meaning('loop', 'dependency', 'medium', 'network configuration', { url: v => `${STAND_IN}/loop/${v.n}` }),
  meaning('scheme', 'configuration', 'medium', 'validation programming_error network', { url: v => `htp://127.0.0.1/${v.n}` })
])

async function openStock (v) {
  return mysql.createConnection({ host: '127.0.0.1', port: v.port, user: 'shop' })
}
fault('mysql2', openStock, [meaning('refused', 'database', 'high', 'network', { attributes: { 'db.system.name': 'mysql' } })])

async function openSilent (v) {
  return mysql.createConnection({ host: '127.0.0.1', port: 18081, user: 'shop', connectTimeout: 200 })
}
fault('mysql2', openSilent, [meaning('timeout', 'database', 'high', 'timeout network')])

const Order = z.object({ sku: z.string().max(8), count: z.number().positive(), email: z.email().optional() }).strict()
function acceptOrder (v, { data }) {
  return Order.parse(data(v))
}
fault('zod', acceptOrder, [
  meaning('missing', 'validation', 'low', '', { data: v => ({ count: v.n }) }),
  meaning('positive', 'validation', 'low', '', { data: v => ({ sku: 'a', count: -v.n }) }),
  meaning('type', 'validation', 'low', '', { data: v => ({ sku: 'a', count: v.text }) }),
  meaning('long', 'validation', 'low', '', { data: v => ({ sku: v.uuid, count: 1 }) }),
  meaning('email', 'validation', 'low', '', { data: v => ({ sku: 'a', count: 1, email: v.text }) }),
  meaning('unknown', 'validation', 'low', '', { data: v => ({ sku: 'a', count: 1, colour: v.text }) })
])

function showOrder (request) {
  const kind = request.query.kind
  if (kind === 'undefined') return request.session.user
  if (kind === 'null') return findOrder(request.params.id).total
  throw new RangeError(`order ${request.params.id} is out of range`)
}
function findOrder (id) { return id ? null : undefined }

async function serveOrder (v, { key, body }) {
  const app = express()
  let failure
  app.use(express.json({ limit: 100 }))
  app.all('/orders/:id', (request, response) => response.json(showOrder(request)))
  app.use((error, request, response, next) => { failure = error; response.status(500).end() })
  const server = app.listen(0)
  await once(server, 'listening')
  await fetch(`http://127.0.0.1:${server.address().port}/orders/${v.n}?kind=${key}`, body ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: body(v) } : {})
  server.close()
  if (failure) throw failure
}
fault('express', serveOrder, [
  meaning('undefined', 'programming_error', 'medium'),
  meaning('null', 'programming_error', 'medium'),
  meaning('range', 'validation', 'low', 'programming_error'),
  meaning('body', 'serialization', 'low', 'validation', { body: v => `{"n": ${v.n}` }),
  meaning('large', 'validation', 'low', 'resource_exhaustion', { body: v => JSON.stringify({ a: 'x'.repeat(120 + v.n % 7) }) })
])

async function renderOrder (v) {
  const app = express()
  app.set('views', '/usr/src/app/views')
  app.set('view engine', 'ejs')
  return new Promise((resolve, reject) => app.render('order', (error, text) => error ? reject(error) : resolve(text)))
}
fault('express', renderOrder, [meaning('view', 'dependency', 'medium', 'filesystem configuration')], { times: 1 })

const KEY = 'not-a-key'.repeat(4)
function openSession (v, { token }) {
  return jwt.verify(token(v), KEY, { algorithms: ['HS256'], audience: 'shop' })
}
fault('jsonwebtoken', openSession, [
  meaning('expired', 'authentication', 'medium', '', { token: v => jwt.sign({ exp: 1767225600 + v.n, sub: v.id, aud: 'shop' }, KEY) }),
  meaning('signature', 'authentication', 'medium', '', { token: v => jwt.sign({ sub: v.id }, KEY + 'x') }),
  meaning('audience', 'authentication', 'medium', 'authorization', { token: v => jwt.sign({ sub: v.id, aud: v.text }, KEY) }),
  meaning('malformed', 'authentication', 'medium', 'serialization validation', { token: v => v.text }),
  meaning('algorithm', 'authentication', 'medium', 'configuration', { token: v => jwt.sign({ sub: v.id }, KEY, { algorithm: 'HS384' }) }),
  meaning('future', 'authentication', 'medium', '', { token: v => jwt.sign({ nbf: 4102444800 + v.n }, KEY) })
])

async function findDocument (v) {
  const client = new MongoClient(`mongodb://127.0.0.1:${v.port}`, { serverSelectionTimeoutMS: 200 })
  try {
    return await client.db('shop').collection('orders').findOne({ n: v.n })
  } finally {
    await client.close()
  }
}
fault('mongodb', findDocument, [meaning('refused', 'database', 'high', 'network timeout')])

function documentId (v) { return new ObjectId(v.text) }
fault('mongodb', documentId, [meaning('id', 'validation', 'low', 'serialization database')])

async function openLedger (v, { settings }) {
  const ledger = new Sequelize('postgres', 'shop', 'closed-door', { dialect: 'postgres', host: '127.0.0.1', port: 15432, logging: false, ...settings(v) })
  try {
    return await ledger.authenticate()
  } finally {
    await ledger.close()
  }
}
fault('sequelize', openLedger, [
  meaning('refused', 'database', 'high', 'network', { settings: v => ({ port: v.port }) })
])

async function queryLedger (v, { sql }) {
  const ledger = new Sequelize('postgres', 'shop', 'closed-door', { dialect: 'postgres', host: '127.0.0.1', port: 15432, logging: false })
  try {
    return await ledger.query(sql.replaceAll('{n}', v.n))
  } finally {
    await ledger.close()
  }
}
fault('sequelize', queryLedger, [
  meaning('unique', 'database', 'medium', 'validation', { sql: "INSERT INTO customers (email) VALUES ('a@example.org')" }),
  meaning('foreign', 'database', 'medium', 'validation', { sql: 'INSERT INTO orders (customer_id, total) VALUES ({n}, 1)' }),
  meaning('table', 'database', 'high', '', { sql: 'SELECT * FROM parcels WHERE id = {n}' }),
  meaning('column', 'database', 'high', '', { sql: 'SELECT depth FROM orders WHERE id = {n}' })
])

const SCHEMA = graphql.buildSchema('type Query { order(id: Int!): String }')
async function resolveOrder (v, { query }) {
  const { errors } = await graphql.graphql({ schema: SCHEMA, source: query(v), rootValue: { order: ({ id }) => { throw new TypeError(`order ${id} has no lines`) } } })
  throw errors[0]
}
fault('graphql', resolveOrder, [
  meaning('field', 'validation', 'low', 'programming_error', { query: v => '{ colour }' }),
  meaning('argument', 'validation', 'low', 'programming_error', { query: v => '{ order }' }),
  meaning('syntax', 'serialization', 'low', 'validation', { query: v => `{ order(id: ${v.n}` }),
  meaning('resolver', 'programming_error', 'medium', 'validation', { query: v => `{ order(id: ${v.n}) }` })
])

async function summarise (v, { kind }) {
  const client = new OpenAI({ apiKey: 'none', baseURL: `${STAND_IN}/llm/openai/${kind}/v1`, maxRetries: 0 })
  return client.chat.completions.create({ model: 'gpt-5', messages: [{ role: 'user', content: v.text }] })
}
fault('openai-node', summarise, [
  meaning('key', 'llm_api', 'high', 'authentication', { kind: 'key' }),
  meaning('model', 'llm_api', 'high', 'configuration', { kind: 'model' }),
  meaning('rate', 'llm_api', 'medium', 'rate_limit', { kind: 'rate' }),
  meaning('quota', 'llm_api', 'high', 'rate_limit', { kind: 'quota' }),
  meaning('context', 'llm_api', 'medium', 'validation', { kind: 'context' }),
  meaning('server', 'llm_api', 'medium', 'dependency', { kind: 'server' })
])

async function translate (v) {
  return new OpenAI({ apiKey: 'none', baseURL: `http://127.0.0.1:${v.port}`, maxRetries: 0 }).models.list()
}
fault('openai-node', translate, [meaning('refused', 'llm_api', 'medium', 'network')])

async function connectScanner (v, { options }) {
  const socket = net.connect(options(v))
  await once(socket, 'connect')
}
fault('net', connectScanner, [
  meaning('refused', 'network', 'high', '', { options: v => ({ host: '127.0.0.1', port: v.port }) }),
  meaning('port', 'validation', 'medium', 'programming_error configuration', { options: v => ({ host: '127.0.0.1', port: v.n + 40000 }) }),
  meaning('missing', 'filesystem', 'high', 'network', { options: v => ({ path: v.path }) })
])

async function listenTwice (v) {
  const server = http.createServer().listen(18080, '127.0.0.1')
  await once(server, 'listening')
}
fault('http', listenTwice, [meaning('in use', 'network', 'critical', 'configuration')], { times: 1 })

async function hangUp (v) {
  const request = http.get(`${STAND_IN}/drop/${v.n}`)
  await once(request, 'response')
}
fault('http', hangUp, [meaning('hang up', 'network', 'medium', 'dependency')])

async function setHeader (v, { name, value }) {
  new http.ServerResponse({ method: 'GET' }).setHeader(name, value(v))
}
fault('http', setHeader, [
  meaning('character', 'validation', 'medium', 'programming_error serialization', { name: 'x-note', value: v => `${v.n}\n` }),
  meaning('undefined', 'programming_error', 'medium', 'validation', { name: 'x-note', value: v => undefined })
])

async function resolveHost (v) {
  return dns.promises.lookup(`${v.text}.shop.invalid`)
}
fault('dns', resolveHost, [meaning('not found', 'network', 'high', 'configuration')])

function unpack (v, { bytes }) { return zlib.gunzipSync(bytes(v)) }
fault('zlib', unpack, [
  meaning('header', 'serialization', 'medium', 'filesystem', { bytes: v => Buffer.from(`x${v.n}`) }),
  meaning('end', 'serialization', 'medium', 'filesystem', { bytes: v => zlib.gzipSync('a'.repeat(v.n)).subarray(0, 20) })
])

function encrypt (v, { make }) { return make(v) }
fault('crypto', encrypt, [
  meaning('key length', 'configuration', 'high', 'validation programming_error', { make: v => crypto.createCipheriv('aes-256-cbc', Buffer.alloc(v.n % 9 + 3), Buffer.alloc(16)) }),
  meaning('digest', 'programming_error', 'medium', 'configuration validation dependency', { make: v => crypto.createHash('md17') }),
  meaning('argument', 'programming_error', 'medium', 'validation', { make: v => crypto.createHash('sha256').update(v.n) }),
  meaning('pem', 'configuration', 'high', 'serialization', { make: v => crypto.createPrivateKey(v.text) })
])

async function convertImage (v, { command }) {
  return new Promise((resolve, reject) => childProcess.execFile(...command(v), { timeout: 200 }, (error, out) => error ? reject(error) : resolve(out)))
}
fault('child_process', convertImage, [
  meaning('missing', 'filesystem', 'medium', 'dependency configuration', { command: v => ['convert-image', [String(v.n)]] }),
  meaning('failed', 'dependency', 'medium', 'unknown', { command: v => ['false', [String(v.n)]] })
])

function runFormula (v, { code }) { return vm.runInNewContext(code(v), {}, { filename: '/usr/src/app/formulas/discount.js' }) }
fault('vm', runFormula, [
  meaning('syntax', 'programming_error', 'medium', 'validation serialization', { code: v => `${v.n} +* 2` }),
  meaning('name', 'programming_error', 'medium', '', { code: v => `price * ${v.n}` })
])

function loadPlugin (v, { name }) { return require(name) }
fault('module', loadPlugin, [
  meaning('gift', 'dependency', 'critical', 'configuration', { name: 'shop-plugin-gift' }),
  meaning('loyalty', 'dependency', 'critical', 'configuration', { name: './plugins/loyalty' })
], { times: 1 })

function unhandled (v) { new EventEmitter().emit('error', `parcel ${v.n} lost`) }
fault('events', unhandled, [meaning('unhandled', 'unknown', 'high', 'programming_error')])

class Shelf {
  #free = new Map()
  static open (v) { return new Shelf().place(v) }
  place (v) { return [v.n].map(number => this.slot(number).reserve()) }
  slot (number) { return this.#free.get(number) }
  get first () { return this.#free.keys().next().value.name }
}
function placeParcel (v) { return Shelf.open(v) }
fault('language', placeParcel, [meaning('undefined', 'programming_error', 'medium')])
function firstSlot (v) { return new Shelf().first }
fault('language', firstSlot, [meaning('getter', 'programming_error', 'medium')], { times: 1 })
async function placeLater (v) {
  await null
  return placeParcel(v)
}
fault('language', placeLater, [meaning('async', 'programming_error', 'medium')])
async function packAll (v) {
  const failed = await Promise.allSettled([placeLater(v), resolveHost(v)])
  throw new AggregateError(failed.map(one => one.reason), `${failed.length} parcels of order ${v.n} not packed`)
}
fault('language', packAll, [meaning('aggregate', 'unknown', 'medium', 'programming_error network')], { inspect: true })
function wrapTwice (v) {
  try {
    try { decodeURIComponent(`%${v.n}%`) } catch (error) { throw new Error(`bad link ${v.n}`, { cause: error }) }
  } catch (error) { throw new TypeError('link refused', { cause: error }) }
}
fault('language', wrapTwice, [meaning('two causes', 'serialization', 'medium', 'validation programming_error')], { inspect: true })
