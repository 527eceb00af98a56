// What ical.js, a reader that is not ours, makes of a calendar:
//
//   node read.mjs < calendar.ics      prints [{uid, sequence, status, summary, description, location, start, end}] as JSON
import ICAL from 'ical.js'
import { readFileSync } from 'node:fs'

ICAL.design.strict = true
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, 'utf8')))
for (const zone of calendar.getAllSubcomponents('vtimezone')) {
  ICAL.TimezoneService.register(new ICAL.Timezone(zone))
}
const events = calendar.getAllSubcomponents('vevent').map((component) => {
  const event = new ICAL.Event(component)
  return {
    uid: event.uid,
    sequence: event.sequence,
    status: component.getFirstPropertyValue('status'),
    summary: event.summary,
    description: event.description,
    location: event.location,
    start: event.startDate.toJSDate().toISOString(),
    end: event.endDate.toJSDate().toISOString(),
    local: event.startDate.toString(),
    zone: event.startDate.zone.tzid,
  }
})
process.stdout.write(JSON.stringify(events))
