"""Words for tests of bookings: times at the site, and the shortest way to make one."""


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


def violations(reply):
    """What a refusal says, by (code, pointer): limit and actual where there are some."""
    return {(row["code"], row["pointer"]): (row.get("limit"), row.get("actual"))
            for row in reply.json["violations"]}
