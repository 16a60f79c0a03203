import datetime
import django
from django.conf import settings

settings.configure(
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {
                    "base.html": "<title>{% block title %}Harbour{% endblock %}</title>{% block body %}{% endblock %}",
                    "page.html": """{% extends "base.html" %}{% load humanize %}
{% block title %}{{ block.super }} &amp; {{ boats|length }}{% endblock %}
{% block body %}
{% for boat in boats %}{% cycle 'odd' 'even' as row silent %}
<p class="{{ row }}">{{ forloop.counter }} {{ boat.name|title }} {{ boat.length|floatformat:2 }} {{ boat.value|intcomma }}
{% if boat.crew and boat.length > 3 %}{{ boat.crew|join:", " }}{% elif forloop.last %}last{% else %}none{% endif %}
{% empty %}nothing{% endfor %}
{% with total=boats|length %}{{ total|add:"5" }} boat{{ total|pluralize }}{% endwith %}
{{ when|date:"D d M Y H:i" }} {{ when|timesince:later }} {{ text|linebreaks|truncatewords_html:4 }} {{ text|urlize }}
{% regroup boats by harbour as groups %}{% for g in groups %}{{ g.grouper }}:{{ g.list|length }} {% endfor %}
{% filter force_escape|upper %}<b>{% endfilter %} {% verbatim %}{{ raw }}{% endverbatim %} {{ missing|default:"-" }}
{% endblock %}"""})]}}],
    INSTALLED_APPS=["django.contrib.humanize", "django.contrib.contenttypes", "django.contrib.auth"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    USE_TZ=False, USE_I18N=False, DEFAULT_AUTO_FIELD="django.db.models.AutoField", SECRET_KEY="test",
    ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
django.setup()

from django import forms
from django.core.management import call_command
from django.db import connection, models
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client
from django.urls import path, reverse


class Boat(models.Model):
    name = models.CharField(max_length=20, unique=True)
    length = models.FloatField()
    built = models.DateField(null=True)
    home = models.ForeignKey("Harbour", models.CASCADE, null=True, related_name="boats")

    class Meta:
        app_label = "auth"
        ordering = ["-length"]

    def __str__(self):
        return self.name


class Harbour(models.Model):
    name = models.CharField(max_length=20)

    class Meta:
        app_label = "auth"


class BoatForm(forms.ModelForm):
    class Meta:
        model = Boat
        fields = ["name", "length", "built"]


boats = [{"name": "sea gull", "length": 4.255, "crew": ["<ann>", "bo"], "harbour": "n", "value": 1234567},
         {"name": "tub", "length": 2, "harbour": "n", "value": -1000}]
context = {"boats": boats, "when": datetime.datetime(2020, 2, 29, 13, 5), "later": datetime.datetime(2021, 4, 1),
           "text": "see http://example.org/a?b=c&d\n\nand more words to cut"}


def page(request):
    return render(request, "page.html", context)


def data(request, number):
    if number > 9:
        raise Http404("no such boat")
    return JsonResponse({"number": number, "method": request.method, "query": request.GET.dict()})


urlpatterns = [path("", page), path("data/<int:number>/", data, name="data")]

print(Client().get("/").content.decode())
print(Client().get("/data/4/?a=1&b=%C3%A9").json(), Client().get("/data/10/").status_code, reverse("data", args=[3]))
with connection.schema_editor() as editor:
    editor.create_model(Harbour)
    editor.create_model(Boat)
north = Harbour.objects.create(name="north")
Boat.objects.bulk_create([Boat(name=f"b{n}", length=n / 2, home=north if n % 2 else None) for n in range(8)])
print(list(Boat.objects.filter(length__gt=1).exclude(name="b5")), Boat.objects.aggregate(models.Avg("length")))
print(Boat.objects.filter(models.Q(name="b1") | ~models.Q(home__name="north")).values_list("name", "home__name"))
print(Boat.objects.annotate(twice=models.F("length") * 2).filter(twice__gte=6).query)
print(Harbour.objects.annotate(n=models.Count("boats")).values())
form = BoatForm({"name": "a name much too long for it", "length": "x"})
print(form.is_valid(), form.errors.as_json())
print(BoatForm({"name": "new", "length": "2.5", "built": "2001-02-03"}).save().pk, Boat.objects.get(name="new").built)
print(BoatForm().as_p())
try:
    Boat.objects.create(name="b1", length=1)
except Exception as error:
    print(type(error).__name__, error)
try:
    Boat.objects.get(length=77)
except Boat.DoesNotExist as error:
    print(error)
for source in ("{% for x in y %}", "{{ x|nosuch }}", "{% nosuch %}", "{{ a.b|default:1|floatformat }}"):
    try:
        print(Template(source).render(Context({"a": {"b": 2.5}})))
    except TemplateSyntaxError as error:
        print(error)
call_command("check")
print(len(Template("{% for i in n %}<td>{{ i }}</td>{% endfor %}").render(Context({"n": range(5000)}))))
