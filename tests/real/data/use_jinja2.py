import jinja2
from jinja2 import DictLoader, Environment, StrictUndefined, select_autoescape
from jinja2.sandbox import SandboxedEnvironment

pages = {
    "base.html": """<!doctype html>
<title>{% block title %}Harbour{% endblock %}</title>
{% block body required %}{% endblock %}
{%- block foot %}<footer>{{ year }}</footer>{% endblock %}
""",
    "list.html": """{% extends "base.html" %}
{% from "macros.html" import field, row with context %}
{% block title %}{{ super() }}: {{ boats|length }} boats{% endblock %}
{% block body %}
<ul>
{% for boat in boats|sort(attribute="length", reverse=true) if boat.length > 3 recursive -%}
  <li class="{{ loop.cycle('odd', 'even') }}">{{ loop.index }}/{{ loop.length }} {{ boat.name|title }} {{ boat.length|round(1) }}
  {%- if boat.crew %}: {{ boat.crew|join(", ") }}{% endif %}
  {%- if boat.tenders %}<ul>{{ loop(boat.tenders) }}</ul>{% endif %}</li>
{% else %}
  <li>none</li>
{%- endfor %}
</ul>
{{ field("name", value="<b>&'") }}{{ row(1, 2, extra=3) }}
{% set ns = namespace(total=0) %}{% for b in boats %}{% set ns.total = ns.total + b.length %}{% endfor %}{{ ns.total }}
{% call(item) field("outer") %}inner {{ item }}{% endcall %}
{% filter upper %}shout {{ "a" ~ 1 }}{% endfilter %}
{% raw %}{{ untouched }}{% endraw %}
{{ boats|groupby("harbour")|map("first")|list }} {{ boats|map(attribute="name")|reject("equalto", "gull")|list|tojson }}
{{ "%.2f"|format(3.14159) }} {{ "a,b"|replace(",", ";") }} {{ [1, 2, 3, 4, 5]|batch(2, 0)|list }} {{ missing|default("-") }}
{{ "long text that goes on and on"|truncate(15) }} {{ "x"|center(5) }}| {{ "<p>hi</p>"|striptags }} {{ 12345678|filesizeformat }}
{% endblock %}""",
    "macros.html": """{% macro field(name, value="", type="text") -%}
<input name="{{ name }}" value="{{ value }}" type="{{ type }}">{% if caller %}{{ caller(name) }}{% endif %}
{%- endmacro %}
{% macro row() %}[{{ varargs }} {{ kwargs }}]{% endmacro %}""",
    "broken.html": "{% for x in y %}\n{{ x }}\n{% endif %}",
    "fails.html": "line one\n{{ 1 // zero }}\n",
}
env = Environment(loader=DictLoader(pages), autoescape=select_autoescape(), trim_blocks=True)
env.globals["year"] = 1999
boats = [{"name": "gull", "length": 4.25, "crew": ["ann", "<bo>"], "harbour": "n"},
         {"name": "sea eagle", "length": 12, "crew": [], "harbour": "s", "tenders": [{"name": "chick", "length": 3.5}]},
         {"name": "tub", "length": 2, "harbour": "n"}]
print(env.get_template("list.html").render(boats=boats))
print(env.compile(pages["macros.html"], raw=True))
for name, data in (("broken.html", {}), ("fails.html", {"zero": 0}), ("missing.html", {})):
    try:
        print(env.get_template(name).render(data))
    except Exception as error:
        print(type(error).__name__, error)
for source in ("{{ a.b.c }}", "{{ x", "{{ 'a' + 1 }}", "{% set x = 1 %}{{ x is odd }} {{ x is divisibleby 2 }}"):
    try:
        print(Environment(undefined=StrictUndefined).from_string(source).render())
    except (jinja2.TemplateError, TypeError) as error:
        print(type(error).__name__, error)
sandbox = SandboxedEnvironment()
for source in ("{{ ().__class__.__bases__ }}", "{{ 'a'.format_map({}) }}", "{{ range(10000000) }}"):
    try:
        print(sandbox.from_string(source).render())
    except Exception as error:
        print(type(error).__name__, error)
many = env.from_string("{% for i in range(n) %}<td>{{ i }}: {{ i * 2 }}</td>{% endfor %}")
print(len(many.render(n=20000)))
import asyncio
later = Environment(enable_async=True).from_string("{% for x in xs %}{{ x }},{% endfor %}{{ f() }}")


async def numbers():
    for n in range(3):
        yield n


async def f():
    return "done"


print(asyncio.run(later.render_async(xs=numbers(), f=f)))
env.from_string("a\n\n{{ fail() }}").render(fail=lambda: {}["key"])
