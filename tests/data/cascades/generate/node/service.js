// One service of the shop in Node.js: `node service.js NAME`. See ../interpreter.py for what a plan is.
const fs = require('fs')
const { trace, context, propagation, SpanKind, SpanStatusCode } = require('@opentelemetry/api')
const { NodeSDK } = require('@opentelemetry/sdk-node')
const { BatchSpanProcessor } = require('@opentelemetry/sdk-trace-base')
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-proto')
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http')
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici')

const NAME = process.argv[2]
const PORTS = JSON.parse(process.env.PORTS)
const clientSpans = new Map()
process.env.OTEL_SERVICE_NAME = NAME
const sdk = new NodeSDK({
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: process.env.COLLECTOR }), { scheduledDelayMillis: 100 })],
  instrumentations: [
    new HttpInstrumentation({ disableOutgoingRequestInstrumentation: true, ignoreIncomingRequestHook: r => r.url === '/_deliver' }),
    new UndiciInstrumentation({
      ignoreRequestHook: r => !JSON.stringify(r.headers).includes('x-call'),
      requestHook: (span, r) => { clientSpans.set(/x-call,?"?[:,\s"]*([0-9.]+)/.exec(JSON.stringify(r.headers))?.[1], span) },
    }),
  ],
})
sdk.start()
const http = require('http')
const tracer = trace.getTracer('storefront')

function ledger (span, fault) {
  const c = span.spanContext()
  const at = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n
  fs.appendFileSync(process.env.LEDGER, `${c.traceId} ${c.spanId} ${fault || '-'} ${at}\n`)
}

const kinds = {}
function made (kind, message, fault, cause) {
  kinds[kind] ??= { Error, TypeError, RangeError, SyntaxError }[kind] ?? ({ [kind]: class extends Error { constructor (m, o) { super(m, o); this.name = kind } } })[kind]
  const error = new kinds[kind](message, cause ? { cause } : undefined)
  error.fault = fault
  return error
}

const REAL = {
  json: text => JSON.parse(text),
  none: () => undefined.total,
  key: name => { const o = {}; return o[name].id },
  file: path => fs.readFileSync(path),
}

const STEPS = {
  async span (step) {
    return tracer.startActiveSpan(step.span, { attributes: step.attributes }, async span => {
      try { await run(step.do) } catch (error) {
        ledger(span, error.fault)
        span.recordException(error)
        span.setStatus({ code: SpanStatusCode.ERROR, message: error.message })
        throw error
      } finally { span.end() }
    })
  },
  async call (step) {
    const id = String(Math.random())
    const signal = AbortSignal.timeout((step.timeout ?? 10) * 1000)
    try {
      const response = await fetch(`http://127.0.0.1:${PORTS[step.call]}/${step.action ?? 'run'}`, {
        method: 'POST', signal, headers: { 'content-type': 'application/json', 'x-call': id }, body: JSON.stringify({ do: step.do ?? [], action: step.action }),
      })
      await response.text()
      if (response.status >= 400) {
        const fault = response.headers.get('x-fault')
        if (clientSpans.get(id)) ledger(clientSpans.get(id), fault)
        if (!step.lenient) throw made('UpstreamError', `${step.call} answered ${response.status} ${response.statusText}`, fault)
      }
    } catch (error) {
      if (error.fault === undefined) {
        error.fault = step.fault
        if (clientSpans.get(id)) ledger(clientSpans.get(id), error.fault)
      }
      throw error
    } finally { clientSpans.delete(id) }
  },
  async raise (step) { throw made(step.raise, step.message, step.fault) },
  async real (step) { try { REAL[step.real](step.with) } catch (error) { error.fault = step.fault; throw error } },
  async sleep (step) { await new Promise(resolve => setTimeout(resolve, step.sleep * 1000)) },
  async try (step) { try { await run(step.try) } catch { await run(step.then ?? []) } },
  async wrap (step) {
    try { await run(step.wrap) } catch (error) {
      throw made(step.as, step.message.replace('{error}', error.message), error.fault, step.plain ? undefined : error)
    }
  },
  async all (step) {
    if (step.mode === 'settle') {
      const failed = (await Promise.allSettled(step.all.map(run))).find(each => each.status === 'rejected')
      if (failed && step.raise_first !== false) throw failed.reason
    } else await Promise.all(step.all.map(run))
  },
  async retry (step) {
    let last
    for (let attempt = 0; attempt < step.retry; attempt++) {
      try { return await run(step.attempts ? step.attempts[Math.min(attempt, step.attempts.length - 1)] : step.do) } catch (error) { last = error }
      if (attempt + 1 === step.retry) break
      await new Promise(resolve => setTimeout(resolve, (step.pause ?? 0.03) * 1000 * (attempt + 1)))
    }
    throw step.giveup ? made(step.giveup, `gave up after ${step.retry} attempts`, last.fault, step.plain ? undefined : last) : last
  },
  async publish (step) {
    const attributes = { 'messaging.system': 'kafka', 'messaging.destination.name': step.publish }
    await tracer.startActiveSpan(`send ${step.publish}`, { kind: SpanKind.PRODUCER, attributes }, async span => {
      const headers = {}
      propagation.inject(context.active(), headers)
      const body = JSON.stringify({ headers, topic: step.publish, do: step.do })
      setTimeout(() => fetch(`http://127.0.0.1:${PORTS[step.to]}/_deliver`, { method: 'POST', body, headers: { 'content-type': 'application/json' } }).catch(() => {}), (step.delay ?? 0.05) * 1000)
      span.end()
    })
  },
}

async function run (steps) { for (const step of steps) await STEPS[Object.keys(step)[0]](step) }

http.createServer(async (request, response) => {
  const span = trace.getActiveSpan()
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const body = JSON.parse(Buffer.concat(chunks).toString())
  try {
    await run(body.do)
    response.writeHead(200).end('{}')
  } catch (error) {
    ledger(span, error.fault)
    span.recordException(error)
    response.writeHead(500, { 'x-fault': error.fault ?? '' }).end(JSON.stringify({ error: error.message }))
  }
}).listen(PORTS[NAME], '127.0.0.1')
