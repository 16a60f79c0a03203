"""datetime: ISO texts, strptime, strftime, arithmetic at the ends of the range."""
import datetime as d

PIECES = ['2001', '02', '30', '-', ':', 'T', ' ', 'W', '53', '7', '1', '.', ',', '123456', '123456789', '+', 'Z', '24', '60', '00', '0001', '9999',
          '\u0663', '\u00e9', '\0', '\ud800', '2001-02-03', '2001-W05-6', '20010203', '04:05:06', '0405', '+01:00', '-23:59:59.999999', '+24:00', '12']
DIRECTIVES = ['%Y', '%m', '%d', '%H', '%M', '%S', '%f', '%z', '%Z', '%j', '%U', '%W', '%a', '%A', '%b', '%B', '%p', '%y', '%I', '%c', '%x', '%X', '%%',
              '%G', '%V', '%u', '%w', '-', ' ', 'T', '%', '%Q', '\u00e9', '%:z']
NUMBERS = [0, 1, -1, 59, 60, 12, 31, 365, 9999, 10000, 86399, 86400, 999999999, 10 ** 9, 10 ** 18, -10 ** 9, 0.5, 1e-7, 1e300, float('nan'), 2.5]


def make(random):
    text = ''.join(random.choice(PIECES) for _ in range(random.randrange(1, 9)))
    form = ''.join(random.choice(DIRECTIVES) for _ in range(random.randrange(6)))
    kind = random.choice(['date', 'time', 'datetime', 'datetime', 'strptime', 'strftime', 'delta', 'moment', 'stamp', 'zone'])
    return kind, text, form, [random.choice(NUMBERS) for _ in range(7)]


def run(case):
    kind, text, form, n = case
    if kind in ('date', 'time', 'datetime'):
        value = getattr(d, kind).fromisoformat(text)
        return f'{value!r} {value}'
    if kind == 'strptime':
        return repr(d.datetime.strptime(text, form))
    if kind == 'strftime':
        return repr(d.datetime(2001, 2, 3, 4, 5, 6, 7, d.timezone(d.timedelta(hours=1))).strftime(form))
    if kind == 'delta':
        delta = d.timedelta(*n[:3])
        return f'{delta!r} {delta} {delta * n[3]} {delta / (n[4] or 1)} {delta // d.timedelta(1)} {delta.total_seconds()!r} {-delta}'
    if kind == 'moment':
        value = d.datetime(*[int(x) if x == x and abs(x) < 1e20 else x for x in n])
        return f'{value!r} {value + d.timedelta(n[0])} {value.isocalendar()} {value.timetuple()}'
    if kind == 'stamp':
        return f'{d.datetime.fromtimestamp(n[0], d.timezone.utc)!r} {d.date.fromordinal(int(n[1]))}'
    zone = d.timezone(d.timedelta(seconds=n[0], microseconds=n[1]), text)
    return f'{zone!r} {zone} {d.datetime(2001, 2, 3, tzinfo=zone).isoformat()} {d.datetime(1, 1, 1, tzinfo=zone).astimezone(d.timezone.utc)}'
