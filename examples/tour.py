"""A tour of Python on Krait: real data, most of the language, one screen of output."""
import asyncio
import csv
import functools
import itertools
import json
import re
import statistics
import threading
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

DATA = Path(__file__).parent / 'data'


@dataclass(frozen=True, order=True)
class City:
    name: str
    country: str
    population: int
    area: float
    founded: int = field(compare=False)

    @property
    def density(self):
        return self.population / self.area


@contextmanager
def section(title):
    print(f'\n{title}\n{"-" * len(title)}')
    yield


def traced(function):
    """A decorator that counts calls."""
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)
    wrapper.calls = 0
    return wrapper


def read_cities():
    with open(DATA / 'cities.csv', newline='', encoding='utf-8') as file:
        for row in csv.DictReader(file):
            yield City(row['city'], row['country'], int(row['population']), float(row['area_km2']), int(row['founded']))


@traced
def era(city):
    match city:
        case City(founded=year) if year < 0:
            return 'antiquity'
        case City(founded=year) if year < 1000:
            return 'early'
        case City(country='Japan' | 'Peru', founded=_):
            return 'elsewhere'
        case _:
            return 'medieval or later'


def table(cities):
    print(f'{"city":<10} {"country":<10} {"people":>10} {"per km2":>9}  era')
    for city in sorted(cities, key=lambda c: -c.population):
        print(f'{city.name:<10} {city.country:<10} {city.population:>10,} {city.density:>9.1f}  {era(city)}')


def bar_chart(values, width=40):
    top = max(values.values())
    for label, value in sorted(values.items(), key=lambda item: item[1], reverse=True):
        print(f'{label:<10} {"█" * round(width * value / top):<{width}} {value:,.0f}')


NOTE = re.compile(r'(?P<date>\d{4}-\d\d-\d\d)\s+(?P<city>\w+)\s+(?P<sky>\w+), (?P<degrees>\d+)C, (?P<text>.*)')


def read_notes():
    problems = []
    for number, line in enumerate((DATA / 'notes.txt').read_text(encoding='utf-8').splitlines(), 1):
        if found := NOTE.match(line):
            yield found.groupdict()
        else:
            error = ValueError(f'cannot read {line!r}')
            error.add_note(f'in notes.txt, line {number}')
            problems.append(error)
    if problems:
        raise ExceptionGroup('some notes were skipped', problems)


async def travel(trip):
    await asyncio.sleep(trip['days'] / 1000)
    return f'{trip["from"]} → {trip["to"]}: {trip["km"]} km by {trip["mode"]}'


async def travel_all(trips):
    return await asyncio.gather(*(travel(trip) for trip in trips))


def count_in_threads(words, workers=4):
    totals, lock = Counter(), threading.Lock()

    def work(part):
        counted = Counter(part)
        with lock:
            totals.update(counted)

    threads = [threading.Thread(target=work, args=(words[i::workers],)) for i in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return totals


def primes():
    found = {}
    for candidate in itertools.count(2):
        factor = found.pop(candidate, None)
        if factor is None:
            yield candidate
            factor, step = candidate, candidate * candidate
        else:
            step = candidate + factor
            while step in found:
                step += factor
        found[step] = factor


def main():
    cities = list(read_cities())
    with section('Cities, largest first'):
        table(cities)
        print(f'({era.calls} eras looked up)')
    with section('People per country'):
        by_country = defaultdict(int)
        for city in cities:
            by_country[city.country] += city.population
        bar_chart(by_country)
    with section('Notes'):
        degrees = []
        try:
            for note in read_notes():
                degrees.append(int(note['degrees']))
                print(f'{note["date"]}  {note["city"].title():<8} {note["sky"]:<7} {note["degrees"]:>3}°  {note["text"]}')
        except* ValueError as group:
            for error in group.exceptions:
                print(f'skipped: {error} ({"; ".join(error.__notes__)})')
        print(f'mean {statistics.mean(degrees):.2f}°, median {statistics.median(degrees)}°')
    with section('Trips, all at once'):
        trips = json.loads((DATA / 'trips.json').read_text(encoding='utf-8'))['trips']
        for line in asyncio.run(travel_all(trips)):
            print(line)
    with section('Words counted by four threads'):
        words = re.findall(r'[a-z]+', (DATA / 'notes.txt').read_text(encoding='utf-8'))
        print(', '.join(f'{word} ×{count}' for word, count in sorted(count_in_threads(words).most_common(5))))
    with section('Numbers'):
        print('primes  ', *itertools.islice(primes(), 15))
        print('2**200  ', 2 ** 200)
        print('squares ', {n: n * n for n in range(1, 8)})
    try:
        cities[0].population = 0
    except Exception as error:
        print(f'\n{type(error).__name__}: {error}')


if __name__ == '__main__':
    main()
