"""A small bank in SQLite: schema, triggers, transactions, user functions, errors."""
import datetime
import decimal
import sqlite3

sqlite3.register_adapter(decimal.Decimal, str)
sqlite3.register_converter("money", lambda raw: decimal.Decimal(raw.decode()))

con = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES)
con.row_factory = sqlite3.Row
con.executescript("""
create table account(id integer primary key, owner text not null unique, balance money, opened date);
create table log(at integer primary key autoincrement, what text);
create trigger note after update on account begin
  insert into log(what) values (old.owner || ': ' || coalesce(old.balance, 'nothing') || ' -> ' || new.balance);
end;
""")
with con:
    con.executemany("insert into account(owner, balance, opened) values (?, ?, ?)", [
        ("ada", decimal.Decimal("10.50"), datetime.date(2020, 1, 2)),
        ("bob", decimal.Decimal("0.01"), datetime.date(2021, 12, 31)),
        ("zoë", None, None)])

for row in con.execute("select * from account order by id"):
    print(tuple(row), row.keys(), row["owner"])


def transfer(source, target, amount):
    with con:
        for owner, sign in ((source, -1), (target, 1)):
            old = con.execute("select balance from account where owner = :o", {"o": owner}).fetchone()
            new = (old["balance"] or decimal.Decimal(0)) + sign * amount
            con.execute("update account set balance = ? where owner = ?", (new, owner))
            if new < 0:
                raise ValueError(f"{owner} would owe {-new}")


transfer("ada", "zoë", decimal.Decimal("2.25"))
try:
    transfer("bob", "ada", decimal.Decimal(5))
except ValueError as error:
    print("refused:", error)
print([tuple(r) for r in con.execute("select owner, balance from account")])
print([r[0] for r in con.execute("select what from log")])

con.create_function("shout", 1, lambda s: s.upper() + "!", deterministic=True)


class Longest:
    def __init__(self):
        self.best = ""

    def step(self, value):
        self.best = max(self.best, value, key=len)

    def finalize(self):
        return self.best


con.create_aggregate("longest", 1, Longest)
con.create_collation("backwards", lambda a, b: (a[::-1] > b[::-1]) - (a[::-1] < b[::-1]))
print(*con.execute("select shout(owner) from account order by owner collate backwards").fetchall()[0])
print(con.execute("select longest(what) from log").fetchone()[0])
print(con.execute("select ?1 + ?2, typeof(x'00ff'), x'00ff', 2.5e300, -9223372036854775808", (2, 3)).fetchone()[:])

for statement, parameters in [
        ("insert into account(owner) values ('ada')", ()), ("selec 1", ()), ("select ?", ()), ("select ?", (object(),)),
        ("select * from missing", ()), ("select :x", {"y": 1}), ("select 1; select 2", ()), ("select ?", (2**63,)),
        ("select shout(1)", ())]:
    try:
        print(con.execute(statement, parameters).fetchall())
    except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
        print(type(error).__module__, type(error).__qualname__, error, getattr(error, "sqlite_errorname", None))

print(*con.iterdump(), sep="\n")
blob = sqlite3.connect(":memory:")
blob.execute("create table b(data blob)")
blob.execute("insert into b values (zeroblob(16))")
with blob.blobopen("b", "data", 1) as handle:
    handle.write(b"harbour")
    handle[-1] = 33
    handle.seek(0)
    print(handle.read(), len(handle))
con.backup(blob)
print(blob.execute("select count(*) from account").fetchone())
con.close()
try:
    con.execute("select 1")
except sqlite3.ProgrammingError as error:
    print(error)
