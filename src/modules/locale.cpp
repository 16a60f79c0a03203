// _locale: the C library's locale, as the locale and gettext modules need it.
#include <langinfo.h>
#include <libintl.h>
#include <locale.h>
#include <wchar.h>

#include <climits>

#include "core/memory.h"
#include "core/native.h"
#include "modules/c_args.h"
#include "modules/heap_type.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/locale_text.h"
#include "types/module.h"

namespace krait::modules {
namespace {

PyObject* g_locale_error;

// --- the locale itself -------------------------------------------------------------------------------------

Result<Ref<StrObject>> localeSet(int category, OptionalCText wanted) {
  const char* answer = setlocale(category, wanted.text);
  if (!answer)
    return raise(g_locale_error, wanted.text ? "unsupported locale setting" : "locale query failed");
  return strFromLocale(answer);
}

// Sizes of digit groups: a 0 repeats the last one, CHAR_MAX ends grouping.
Result<Ref<>> groupingList(const char* grouping) {
  Ref<ListObject> out = TRY(listNew());
  if (!*grouping) return out;
  for (const char* at = grouping;; at++) {
    TRY(listAppend(out, Ref<>(TRY(intObject(*at)))));
    if (*at == '\0' || *at == CHAR_MAX) return out;
  }
}

Status setText(DictObject* dict, const char* key, const char* text) {
  return dictSet(dict, key, TRY(strFromLocale(text)).get());
}

Result<Ref<>> localeConventions() {
  const lconv* c = localeconv();
  Ref<DictObject> out = TRY(dictNew());
  const std::pair<const char*, const char*> texts[] = {{"int_curr_symbol", c->int_curr_symbol},
                                                       {"currency_symbol", c->currency_symbol},
                                                       {"mon_decimal_point", c->mon_decimal_point},
                                                       {"mon_thousands_sep", c->mon_thousands_sep}};
  for (auto [key, text] : texts) TRY(setText(out, key, text));
  TRY(dictSet(out, "mon_grouping", TRY(groupingList(c->mon_grouping)).get()));
  TRY(setText(out, "positive_sign", c->positive_sign));
  TRY(setText(out, "negative_sign", c->negative_sign));
  const std::pair<const char*, char> numbers[] = {
      {"int_frac_digits", c->int_frac_digits}, {"frac_digits", c->frac_digits},
      {"p_cs_precedes", c->p_cs_precedes},     {"p_sep_by_space", c->p_sep_by_space},
      {"n_cs_precedes", c->n_cs_precedes},     {"n_sep_by_space", c->n_sep_by_space},
      {"p_sign_posn", c->p_sign_posn},         {"n_sign_posn", c->n_sign_posn}};
  for (auto [key, number] : numbers) TRY(dictSet(out, key, TRY(intObject(number)).get()));
  TRY(setText(out, "decimal_point", c->decimal_point));
  TRY(setText(out, "thousands_sep", c->thousands_sep));
  TRY(dictSet(out, "grouping", TRY(groupingList(c->grouping)).get()));
  return out;
}

Result<Ref<StrObject>> localeEncoding() {
  const char* codeset = nl_langinfo(CODESET);
  if (!codeset || !*codeset) return strLiteral("utf-8");
  return strFromLocale(codeset);
}

// --- collation ---------------------------------------------------------------------------------------------

Result<MemArray<wchar_t>> wideText(StrObject* text) {
  auto size = static_cast<size_t>(text->size());
  auto out = TRY(MemArray<wchar_t>::make(size + 1));
  for (size_t i = 0; i < size; i++) {
    out[i] = static_cast<wchar_t>(text->at(static_cast<Py_ssize_t>(i)));
    if (out[i] == 0) return raise(PyExc_ValueError, "embedded null character");
  }
  out[size] = 0;
  return out;
}

Result<long> localeCollate(StrObject* left, StrObject* right) {
  auto a = TRY(wideText(left)), b = TRY(wideText(right));
  return wcscoll(a.get(), b.get());
}

Result<Ref<StrObject>> localeTransform(StrObject* string) {
  auto source = TRY(wideText(string));
  errno = 0;
  size_t size = wcsxfrm(nullptr, source.get(), 0);
  if (errno && errno != ERANGE) return raiseErrno(errno);
  auto key = TRY(MemArray<wchar_t>::make(size + 1));
  errno = 0;
  size = wcsxfrm(key.get(), source.get(), size + 1);
  if (errno) return raiseErrno(errno);
  return strFromWide(key.get(), static_cast<Py_ssize_t>(size));
}

// --- langinfo ----------------------------------------------------------------------------------------------

#define INFO(name) {#name, name}
constexpr std::pair<const char*, int> kLangInfo[] = {
    INFO(DAY_1),    INFO(DAY_2),     INFO(DAY_3),       INFO(DAY_4),     INFO(DAY_5),      INFO(DAY_6),
    INFO(DAY_7),    INFO(ABDAY_1),   INFO(ABDAY_2),     INFO(ABDAY_3),   INFO(ABDAY_4),    INFO(ABDAY_5),
    INFO(ABDAY_6),  INFO(ABDAY_7),   INFO(MON_1),       INFO(MON_2),     INFO(MON_3),      INFO(MON_4),
    INFO(MON_5),    INFO(MON_6),     INFO(MON_7),       INFO(MON_8),     INFO(MON_9),      INFO(MON_10),
    INFO(MON_11),   INFO(MON_12),    INFO(ABMON_1),     INFO(ABMON_2),   INFO(ABMON_3),    INFO(ABMON_4),
    INFO(ABMON_5),  INFO(ABMON_6),   INFO(ABMON_7),     INFO(ABMON_8),   INFO(ABMON_9),    INFO(ABMON_10),
    INFO(ABMON_11), INFO(ABMON_12),  INFO(RADIXCHAR),   INFO(THOUSEP),   INFO(CRNCYSTR),   INFO(D_T_FMT),
    INFO(D_FMT),    INFO(T_FMT),     INFO(AM_STR),      INFO(PM_STR),    INFO(CODESET),    INFO(T_FMT_AMPM),
    INFO(ERA),      INFO(ERA_D_FMT), INFO(ERA_D_T_FMT), INFO(ERA_T_FMT), INFO(ALT_DIGITS), INFO(YESEXPR),
    INFO(NOEXPR),   INFO(_DATE_FMT)};

Result<Ref<StrObject>> localeInfo(int key) {
  for (auto [unused, value] : kLangInfo) {
    if (value != key) continue;
    const char* text = nl_langinfo(key);
    return strFromLocale(text ? text : "");
  }
  return raise(PyExc_ValueError, "unsupported langinfo constant");
}

// --- message catalogues ------------------------------------------------------------------------------------

Result<Ref<StrObject>> localeGettext(CText message) { return strFromLocale(gettext(message.text)); }
Result<Ref<StrObject>> localeDgettext(OptionalCText domain, CText message) {
  return strFromLocale(dgettext(domain.text, message.text));
}
Result<Ref<StrObject>> localeDcgettext(OptionalCText domain, CText message, int category) {
  return strFromLocale(dcgettext(domain.text, message.text, category));
}

Result<Ref<StrObject>> localeTextdomain(OptionalCText domain) {
  const char* current = textdomain(domain.text);
  if (!current) return raiseErrno(errno);
  return strFromLocale(current);
}

Result<Ref<StrObject>> localeBindtextdomain(CText domain, PyObject* dir) {
  if (!*domain.text) return raise(g_locale_error, "domain must be a non-empty string");
  std::string folder;
  if (dir != Py_None) folder = TRY(fsPath(dir));
  errno = 0;
  const char* current = bindtextdomain(domain.text, dir == Py_None ? nullptr : folder.c_str());
  if (!current) return raiseErrno(errno);
  return strFromLocale(current);
}

Result<Ref<>> localeBindCodeset(CText domain, OptionalCText codeset) {
  const char* current = bind_textdomain_codeset(domain.text, codeset.text);
  if (!current) return none();
  return Ref<>(TRY(strFromLocale(current)));
}

constinit PyMethodDef kLocaleMethods[] = {
    function<"setlocale($module, category, locale=<unrepresentable>, /)", localeSet,
             "Set or query the locale of a category.">,
    function<"localeconv($module, /)", localeConventions,
             "The conventions for numbers and money, as a dict.">,
    function<"strcoll($module, os1, os2, /)", localeCollate, "Compare two strings by the locale's order.">,
    function<"strxfrm($module, string, /)", localeTransform, "A key that sorts as strcoll() compares.">,
    function<"nl_langinfo($module, key, /)", localeInfo, "One piece of information about the locale.">,
    function<"gettext($module, msg, /)", localeGettext, "Translation of a message.">,
    function<"dgettext($module, domain, msg, /)", localeDgettext, "Translation of a message in a domain.">,
    function<"dcgettext($module, domain, msg, category, /)", localeDcgettext,
             "Translation of a message in a domain and category.">,
    function<"textdomain($module, domain, /)", localeTextdomain, "Set the domain of gettext(); returns it.">,
    function<"bindtextdomain($module, domain, dir, /)", localeBindtextdomain,
             "Set the folder of a domain; returns it.">,
    function<"bind_textdomain_codeset($module, domain, codeset, /)", localeBindCodeset,
             "Set the encoding of a domain; returns it.">,
    function<"getencoding($module, /)", localeEncoding, "The locale's encoding.">,
    {}};

constexpr std::pair<const char*, int> kConstants[] = {INFO(LC_CTYPE),    INFO(LC_TIME),     INFO(LC_COLLATE),
                                                      INFO(LC_MONETARY), INFO(LC_MESSAGES), INFO(LC_NUMERIC),
                                                      INFO(LC_ALL),      INFO(CHAR_MAX)};

Status localeExec(PyObject* module) {
  for (auto [constant, value] : kConstants) TRY(moduleAddInt(module, constant, value));
  TRY(exceptionAddOnce(module, &g_locale_error, "locale.Error", PyExc_Exception));
  for (auto [constant, value] : kLangInfo) TRY(moduleAddInt(module, constant, value));
  return {};
}

constinit PyModuleDef kLocaleModule =
    moduleDef<"_locale", localeExec>(kLocaleMethods, "Access to the C library's locale.");

}  // namespace

PyObject* initLocale() { return moduleDefInit(&kLocaleModule); }

}  // namespace krait::modules
