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
  connection: { 'labtab.firm': '*', plan_cache_mode: 'force_generic_plan', jit: 'off' },
})
const people = new Map(settings.people)
const resources = new Map(settings.resources)
const hash = Buffer.alloc(32)
const app = Fastify()

let made = 0
const prefix = `${process.pid.toString(16).padStart(8, '0')}-0000-7000-8000-`
const nextId = () => prefix + (++made).toString(16).padStart(12, '0')

// What all bookings have in common: as the api sends it.
const { values: same, offsets } = settings.wish ?? {}
const explain = same && JSON.parse(same.explain)
const isTrue = (text) => text === 't'
// An instant that is so many seconds from the hour of the booking; null: none.
const at = (hour, seconds) => (seconds === undefined ? null : new Date(hour + seconds * 1000))
// As texts: postgres.js takes an array of dates for one date.
const instants = (hour, seconds) => seconds.map((s) => at(hour, s).toISOString())

app.post('/v1/bookings', {
  schema: {
    body: {
      type: 'object',
      required: ['resource', 'start', 'end', 'configuration'],
      additionalProperties: false,
      properties: {
        resource: { type: 'string', minLength: 1, maxLength: 64 },
        start: { type: 'string', format: 'date-time' },
        end: { type: 'string', format: 'date-time' },
        configuration: { type: 'string', minLength: 1, maxLength: 64 },
      },
    },
  },
}, async (request, reply) => {
  const who = people.get(request.headers.authorization)
  const resource = resources.get(request.body.resource)
  if (!who || !resource) return reply.code(422).send({ code: 'unknown_reference' })
  const start = new Date(request.body.start)
  const hour = start.getTime() - offsets.starts * 1000
  const [row] = await sql`
    select * from fn.booking_create(${who.person}::uuid, ${request.headers['idempotency-key']}::text, ${hash}::bytea,
      ${new Date()}::timestamptz, ${same.version}::bigint, ${false}::boolean,
      row(${nextId()}::uuid, ${who.firm}::uuid, ${resource.id}::uuid, ${who.person}::uuid, ${same.mode}::text,
        ${same.status}::text, ${start}::timestamptz, ${new Date(request.body.end)}::timestamptz, ${same.also}::uuid[],
        ${[resource.id, resource.part]}::uuid[], ${instants(hour, offsets.claim_from)}::timestamptz[],
        ${instants(hour, offsets.claim_to)}::timestamptz[], ${same.claim_pointers}::text[],
        ${isTrue(same.waives_pads)}::boolean, ${same.purpose}::text, ${request.body.configuration}::text,
        ${same.override_reason}::text, ${isTrue(same.is_staff)}::boolean, ${same.price}::bigint, ${explain}::jsonb,
        ${same.budgets}::uuid[], ${same.wanted}::bigint[], ${same.quotas}::uuid[], ${same.gap_s}::integer,
        ${same.unused_limit_s}::bigint, ${same.never_used_limit_s}::bigint,
        ${at(hour, offsets.locked_from)}::timestamptz, ${at(hour, offsets.free_until)}::timestamptz,
        ${same.late_fee}::bigint, ${isTrue(same.credits_resale)}::boolean,
        ${at(hour, offsets.check_in_from)}::timestamptz, ${at(hour, offsets.no_show_at)}::timestamptz,
        ${same.no_show_fee}::bigint, ${isTrue(same.finishes_itself)}::boolean, ${same.approvals}::text[],
        ${same.expires_at}::timestamptz, ${same.quote}::uuid, ${same.series}::uuid)::fn.wish)`
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
      where u.resource_id = ${resources.get(request.params.resource).id}::uuid and c.live
        and c.during && tstzrange(${from}::timestamptz, ${to}::timestamptz)
      order by lower(c.during), u.ordinal`
  return { resource: request.params.resource, open: [{ start: from, end: to }], items }
})

await app.listen({ host: '127.0.0.1', port: 0 })
console.log(app.server.address().port)
process.stdin.on('end', () => process.exit(0)).resume()
