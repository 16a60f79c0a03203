from datetime import *
import time, calendar, zoneinfo, locale

d = datetime(2024, 2, 29, 13, 45, 6, 789, tzinfo=timezone(timedelta(hours=5, minutes=30)))
print(
    d,
    repr(d),
    d.isoformat(),
    d.strftime("%Y-%m-%d %H:%M:%S.%f %z %Z %A %B %j %U %p %y %%"),
    d.astimezone(timezone.utc),
    d + timedelta(days=365),
    d.timestamp(),
    d.isocalendar(),
    d.replace(tzinfo=None),
    d.date(),
    d.timetz(),
    d.utcoffset(),
    d.weekday(),
)
print(
    timedelta(days=-1, seconds=5),
    repr(timedelta(1, 2, 3)),
    timedelta(hours=25) // timedelta(minutes=7),
    timedelta(1) / 2,
    abs(timedelta(-1)),
    timedelta.max,
    timedelta(1).total_seconds(),
)
print(
    datetime.strptime("2024-01-02 03:04", "%Y-%m-%d %H:%M"),
    date.fromisoformat("2024-01-02"),
    datetime.fromisoformat("2024-01-02T03:04:05Z"),
    date(2024, 1, 1) - date(2023, 1, 1),
    time.strftime("%Y", time.gmtime(0)),
    date.today() > date(2020, 1, 1),
)
z = zoneinfo.ZoneInfo("Europe/Berlin")
x = datetime(2024, 3, 31, 1, 59, tzinfo=z)
print(x, (x + timedelta(hours=2)).utcoffset(), x.tzname(), repr(z))
for f in (
    lambda: date(2024, 13, 1),
    lambda: date(2023, 2, 29),
    lambda: datetime.strptime("x", "%Y"),
    lambda: date.fromisoformat("x"),
    lambda: datetime(2024, 1, 1) < datetime(2024, 1, 1, tzinfo=timezone.utc),
    lambda: date.max + timedelta(1),
    lambda: timedelta(days=10**10),
    lambda: timezone(timedelta(days=1)),
    lambda: datetime(1, 1, 1) - 1,
    lambda: zoneinfo.ZoneInfo("No/Where"),
    lambda: date("x"),
    lambda: datetime.fromtimestamp(1e20),
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
print(calendar.month(2024, 2))
print(calendar.isleap(2000), calendar.monthrange(2024, 2), calendar.TextCalendar(6).formatmonth(2023, 5))
print(
    time.struct_time(range(9)),
    time.localtime(0).tm_year,
    time.mktime((2000, 1, 1, 0, 0, 0, 0, 0, 0)),
    time.asctime((2000, 1, 1, 0, 0, 0, 0, 0, 0)),
)
