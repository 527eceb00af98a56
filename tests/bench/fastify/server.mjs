// The same work as labtabd's api for two routes, as one would write it with Fastify and postgres.js: schema
// validation, look-ups in memory, one prepared statement, JSON. It does less than ours: the rules are not checked,
// the price is not computed and row security's scope is a setting of the session.
//
//   node server.mjs SETTINGS.json      prints its port; ends with standard input
import Fastify from 'fastify'
import { readFileSync } from 'node:fs'
import postgres from 'postgres'

const settings = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const sql = postgres({
  path: settings.socket,
  database: settings.database,
  username: 'labtab_api',
  max: settings.connections,
  connection: { 'labtab.firm': '*', plan_cache_mode: 'force_generic_plan' },
})
const people = new Map(settings.people)
const resources = new Map(settings.resources)
const hash = Buffer.alloc(32)
const app = Fastify()

let made = 0
const prefix = `${process.pid.toString(16).padStart(8, '0')}-0000-7000-8000-`
const nextId = () => prefix + (++made).toString(16).padStart(12, '0')

app.post('/v1/bookings', {
  schema: {
    body: {
      type: 'object',
      required: ['resource', 'start', 'end'],
      additionalProperties: false,
      properties: {
        resource: { type: 'string', minLength: 1, maxLength: 64 },
        start: { type: 'string', format: 'date-time' },
        end: { type: 'string', format: 'date-time' },
      },
    },
  },
}, async (request, reply) => {
  const who = people.get(request.headers.authorization)
  const resource = resources.get(request.body.resource)
  if (!who || !resource) return reply.code(422).send({ code: 'unknown_reference' })
  const { start, end } = request.body
  const [row] = await sql`
    select * from fn.booking_create(${who.person}::uuid, ${request.headers['idempotency-key']}::text, ${hash}::bytea,
      ${new Date()}::timestamptz, ${settings.version}::bigint, ${nextId()}::uuid, ${who.firm}::uuid,
      ${resource}::uuid, ${who.person}::uuid, 'self', ${start}::timestamptz, ${end}::timestamptz,
      ${start}::timestamptz, ${end}::timestamptz, '{}'::uuid[], ${null}::text, ${settings.price}::bigint,
      ${settings.explain}::jsonb, ${null}::text, ${settings.budgets}::uuid[], ${settings.wanted}::bigint[])`
  if (row.outcome !== 'ok') return reply.code(409).send({ code: row.outcome })
  return reply.code(201).send(row)
})

app.get('/v1/resources/:resource/calendar', {
  schema: {
    querystring: {
      type: 'object',
      required: ['from', 'to'],
      properties: { from: { type: 'string', format: 'date-time' }, to: { type: 'string', format: 'date-time' } },
    },
  },
}, async (request) => {
  const { from, to } = request.query
  const items = await sql`
    select u.ordinal as unit, lower(c.during) as start, upper(c.during) as "end", c.reason
      from unit u join claim c on c.unit_id = u.id
      where u.resource_id = ${resources.get(request.params.resource)}::uuid and c.live
        and c.during && tstzrange(${from}::timestamptz, ${to}::timestamptz)
      order by lower(c.during), u.ordinal`
  return { resource: request.params.resource, open: [{ start: from, end: to }], items }
})

await app.listen({ host: '127.0.0.1', port: 0 })
console.log(app.server.address().port)
process.stdin.on('end', () => process.exit(0)).resume()
