"""Words for tests of bookings: times at the site, and the shortest way to make one."""

from support.lab import NEVER_CLOSED


def site_time(text):
    """ "24 10:00": that day of November 2026 at the site; longer forms name month and year too."""
    day, clock = text.split()
    date = {2: "2026-11-", 5: "2026-", 10: ""}[len(day)] + day
    return f"{date}T{clock}{':00' if len(clock) == 5 else ''}+09:00"


def wanted(resource, start, end, **more):
    """The body of a booking; times as site_time() reads them."""
    return {"resource": resource, "start": site_time(start), "end": site_time(end), **more}


def book(client, resource, start, end, **more):
    return client.post("/v1/bookings", wanted(resource, start, end, **more))


def must_book(client, resource, start, end, **more):
    reply = book(client, resource, start, end, **more)
    assert reply.status == 201, reply
    return reply.json


def act(client, path, of, **body):
    """A change of an object as it is known: `of` is its JSON."""
    return client.post(path, body, headers={"If-Match": f'"v{of["version"]}"'})


def cancel(client, booking, **body):
    return act(client, f"/v1/bookings/{booking['id']}/cancel", booking, **body)


def change(client, booking, **body):
    query = "?dry_run=true" if body.pop("dry_run", False) else ""
    return client.patch(f"/v1/bookings/{booking['id']}{query}", body, headers={"If-Match": f'"v{booking["version"]}"'})


def decide(client, booking, verb, **body):
    return act(client, f"/v1/bookings/{booking['id']}/{verb}", booking, **body)


def shown(client, booking):
    """The booking as it is now."""
    reply = client.get(f"/v1/bookings/{booking['id']}")
    assert reply.status == 200, reply
    return reply.json


class Scene:
    """A resource that is always open, and a firm's person; more where a test needs it."""

    def __init__(self, lab, facts=None, **resource):
        self.lab = lab
        self.resource = lab.resource(**{"hours": NEVER_CLOSED, **resource})
        self.firm = lab.firm(facts=facts)
        self.person = lab.person(self.firm)
        lab.apply()
        self.client = lab.client(self.person)

    def book(self, start, end, **more):
        return book(self.client, self.resource, start, end, **more)

    def must_book(self, start, end, **more):
        return must_book(self.client, self.resource, start, end, **more)

    def another(self):
        """Somebody of another firm."""
        person = self.lab.person(self.lab.firm())
        self.lab.apply()
        return self.lab.client(person)


def violations(reply):
    """What a refusal says, by (code, pointer): limit and actual where there are some."""
    return {(row["code"], row["pointer"]): (row.get("limit"), row.get("actual"))
            for row in reply.json["violations"]}
