// Host tool of the build: reads the Unicode character database (Debian's unicode-data, 15.0.0) and writes the
// tables of base/unicode/database.h, cut down to the characters that existed in Unicode 14.0.0.
//
//   unicode_tables UCD-FOLDER OLD-DELTAS OUTPUT
//
// OLD-DELTAS lists the property values of 3.2.0 that later versions changed ("property first last value").
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

using std::string;
using std::vector;
using CodePoints = vector<uint32_t>;

constexpr uint32_t kCount = 0x110000;
constexpr int kShift = 7;
constexpr uint32_t kSpecialCase = 1 << 14;
constexpr uint32_t kHangulFirst = 0xAC00, kHangulLast = 0xD7A3;

const vector<string> kCategories = {"Cn", "Lu", "Ll", "Lt", "Mn", "Mc", "Me", "Nd", "Nl", "No",
                                    "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Lm", "Lo", "Pc",
                                    "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So"};
const vector<string> kBidi = {"",   "L",  "LRE", "LRO", "R", "AL", "RLE", "RLO", "PDF", "EN",  "ES",  "ET",
                              "AN", "CS", "NSM", "BN",  "B", "S",  "WS",  "ON",  "LRI", "RLI", "FSI", "PDI"};
const vector<string> kWidths = {"F", "H", "W", "Na", "A", "N"};

struct Char {
  bool assigned = false;
  double age = 99;
  string category = "Cn", bidi, width = "F", tag, name;
  int combining = 0, decimal = -1, digit = -1;
  bool mirrored = false;
  CodePoints decomposition;
  uint32_t upper = 0, lower = 0, title = 0;
  CodePoints special_upper, special_lower, special_title, fold;
  uint32_t flags = 0, quick_check = 0, numeric = 0;
  bool composition_excluded = false;
};

vector<Char> g_chars(kCount);
string g_folder;
std::ofstream g_out;

[[noreturn]] void fail(const string& message) {
  std::fprintf(stderr, "unicode_tables: %s\n", message.c_str());
  std::exit(1);
}

string trim(const string& text) {
  size_t first = text.find_first_not_of(" \t\r");
  if (first == string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

vector<string> split(const string& text, char separator) {
  vector<string> fields;
  std::stringstream stream(text);
  for (string field; std::getline(stream, field, separator);) fields.push_back(trim(field));
  if (!text.empty() && text.back() == separator) fields.push_back("");
  return fields;
}

uint32_t hex(const string& text) { return static_cast<uint32_t>(std::stoul(text, nullptr, 16)); }

CodePoints hexList(const string& text) {
  CodePoints list;
  std::stringstream stream(text);
  for (string word; stream >> word;) list.push_back(hex(word));
  return list;
}

void eachLine(const string& path, const std::function<void(const vector<string>&)>& use) {
  std::ifstream in(path);
  if (!in) fail("cannot read " + path);
  for (string line; std::getline(in, line);) {
    line = trim(line.substr(0, line.find('#')));
    if (!line.empty()) use(split(line, ';'));
  }
}

// A property file: "first[..last] ; value ...".
void eachRange(const string& file, const std::function<void(uint32_t, const vector<string>&)>& use) {
  eachLine(g_folder + "/" + file, [&](const vector<string>& fields) {
    size_t dots = fields[0].find("..");
    uint32_t first = hex(fields[0]);
    uint32_t last = dots == string::npos ? first : hex(fields[0].substr(dots + 2));
    for (uint32_t c = first; c <= last; c++) use(c, fields);
  });
}

size_t indexOf(const vector<string>& names, const string& name) {
  auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) fail("unknown property value " + name);
  return found - names.begin();
}

void readOneCharacter(uint32_t c, const vector<string>& f) {
  Char& ch = g_chars[c];
  if (ch.age > 14.0) return;
  ch.assigned = true;
  ch.category = f[2];
  ch.combining = std::stoi(f[3]);
  ch.bidi = f[4];
  string decomposition = f[5];
  if (!decomposition.empty() && decomposition[0] == '<') {
    size_t end = decomposition.find('>');
    ch.tag = decomposition.substr(0, end + 1);
    decomposition = decomposition.substr(end + 1);
  }
  ch.decomposition = hexList(decomposition);
  if (!f[6].empty()) ch.decimal = std::stoi(f[6]);
  if (!f[7].empty()) ch.digit = std::stoi(f[7]);
  ch.mirrored = f[9] == "Y";
  ch.upper = f[12].empty() ? c : hex(f[12]);
  ch.lower = f[13].empty() ? c : hex(f[13]);
  ch.title = f[14].empty() ? ch.upper : hex(f[14]);
  if (f[1][0] != '<') ch.name = f[1];
}

void readUnicodeData() {
  eachRange("DerivedAge.txt", [](uint32_t c, const vector<string>& f) { g_chars[c].age = std::stod(f[1]); });
  uint32_t range_first = 0;
  eachLine(g_folder + "/UnicodeData.txt", [&](const vector<string>& f) {
    uint32_t c = hex(f[0]);
    if (f[1].ends_with(", First>")) range_first = c;
    uint32_t first = f[1].ends_with(", Last>") ? range_first : c;
    for (uint32_t each = first; each <= c; each++) readOneCharacter(each, f);
  });
}

const std::map<string, uint32_t> kCoreFlags = {{"Lowercase", 1 << 4},  {"Uppercase", 1 << 5},
                                               {"XID_Start", 1 << 10}, {"XID_Continue", 1 << 11},
                                               {"Cased", 1 << 12},     {"Case_Ignorable", 1 << 13}};

// 15.0 made these lower-case (and so cased); all else that 15.0 says of older characters holds for 14.0 too.
bool isCasedSince15(uint32_t c) { return c == 0x10FC || (c >= 0xA7F2 && c <= 0xA7F4) || c == 0xAB69; }

void readFlags() {
  eachRange("DerivedCoreProperties.txt", [](uint32_t c, const vector<string>& f) {
    auto found = kCoreFlags.find(f[1]);
    if (found != kCoreFlags.end() && g_chars[c].assigned) g_chars[c].flags |= found->second;
  });
  for (uint32_t c = 0; c < kCount; c++)
    if (isCasedSince15(c)) g_chars[c].flags &= ~(kCoreFlags.at("Lowercase") | kCoreFlags.at("Cased"));
  eachRange("LineBreak.txt", [](uint32_t c, const vector<string>& f) {
    static const std::set<string> breaks = {"BK", "CR", "LF", "NL"};
    if (g_chars[c].assigned && breaks.contains(f[1])) g_chars[c].flags |= 1 << 8;
  });
  static const std::set<string> letters = {"Lm", "Lt", "Lu", "Ll", "Lo"};
  static const std::set<string> unprintable = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"};
  static const std::set<string> spaces = {"WS", "B", "S"};
  for (uint32_t c = 0; c < kCount; c++) {
    Char& ch = g_chars[c];
    if (!ch.assigned) continue;
    if (letters.contains(ch.category)) ch.flags |= 1 << 0;
    if (ch.decimal >= 0) ch.flags |= 1 << 1;
    if (ch.digit >= 0) ch.flags |= 1 << 2;
    if (ch.category == "Lt") ch.flags |= 1 << 6;
    if (ch.category == "Zs" || spaces.contains(ch.bidi)) ch.flags |= 1 << 7;
    if (ch.bidi == "B") ch.flags |= 1 << 8;
    if (c == ' ' || !unprintable.contains(ch.category)) ch.flags |= 1 << 9;
  }
}

// Distinct numeric values as C expressions; index 0 means "none".
vector<string> g_numerics = {"-1.0"};

void readNumericValues() {
  eachRange("extracted/DerivedNumericValues.txt", [](uint32_t c, const vector<string>& f) {
    Char& ch = g_chars[c];
    if (!ch.assigned) return;
    size_t slash = f[3].find('/');
    string value =
        slash == string::npos ? f[3] + ".0" : f[3].substr(0, slash) + ".0 / " + f[3].substr(slash + 1) + ".0";
    auto found = std::find(g_numerics.begin(), g_numerics.end(), value);
    ch.numeric = found - g_numerics.begin();
    if (found == g_numerics.end()) g_numerics.push_back(value);
    ch.flags |= 1 << 3;
  });
}

void readWidthsAndChecks() {
  eachRange("EastAsianWidth.txt", [](uint32_t c, const vector<string>& f) {
    if (g_chars[c].assigned) g_chars[c].width = f[1];
  });
  static const std::map<string, int> shifts = {{"NFC_QC", 0}, {"NFKC_QC", 2}, {"NFD_QC", 4}, {"NFKD_QC", 6}};
  eachRange("DerivedNormalizationProps.txt", [](uint32_t c, const vector<string>& f) {
    if (!g_chars[c].assigned) return;
    if (f[1] == "Full_Composition_Exclusion") g_chars[c].composition_excluded = true;
    auto found = shifts.find(f[1]);
    if (found != shifts.end()) g_chars[c].quick_check |= (f[2] == "M" ? 1u : 2u) << found->second;
  });
}

void readCases() {
  for (uint32_t c = 0; c < kCount; c++) g_chars[c].fold = {c};
  eachRange("CaseFolding.txt", [](uint32_t c, const vector<string>& f) {
    if (g_chars[c].assigned && (f[1] == "C" || f[1] == "F")) g_chars[c].fold = hexList(f[2]);
  });
  eachRange("SpecialCasing.txt", [](uint32_t c, const vector<string>& f) {
    if (f.size() > 4 && !f[4].empty()) return;  // conditional on language or context
    Char& ch = g_chars[c];
    ch.special_lower = hexList(f[1]);
    ch.special_title = hexList(f[2]);
    ch.special_upper = hexList(f[3]);
  });
}

// -- output -------------------------------------------------------------------------------------------------

// The arrays that database.h declares are defined in one source file only, the others wherever they are used.
template <class T>
void writeArray(const char* type, const char* name, const vector<T>& values, bool declared = false) {
  g_out << "alignas(64) " << (declared ? "const " : "inline constexpr ") << type << " " << name << "[] = {";
  for (size_t i = 0; i < values.size(); i++) g_out << (i % 24 ? "," : i ? ",\n" : "\n") << values[i];
  g_out << "};\n";
}

// Splits a map from code points to rows into blocks of 128 and shares the equal ones.
void writeTwoLevel(const string& name, const vector<uint32_t>& rows, bool declared = false) {
  std::map<vector<uint32_t>, uint32_t> seen;
  vector<uint32_t> blocks, out;
  for (uint32_t start = 0; start < kCount; start += 1 << kShift) {
    vector<uint32_t> block(rows.begin() + start, rows.begin() + start + (1 << kShift));
    auto [it, fresh] = seen.try_emplace(block, seen.size());
    if (fresh) out.insert(out.end(), block.begin(), block.end());
    blocks.push_back(it->second);
  }
  if (*std::max_element(out.begin(), out.end()) > 0xFFFF) fail("too many rows in " + name);
  writeArray("uint16_t", ("k" + name + "Blocks").c_str(), blocks, declared);
  writeArray("uint16_t", ("k" + name + "Rows").c_str(), out, declared);
}

// Numbers the distinct texts in order of appearance, the given one first.
struct Interner {
  std::map<string, uint32_t> index;
  vector<string> texts;
  uint32_t add(const string& text) {
    auto [it, fresh] = index.try_emplace(text, texts.size());
    if (fresh) texts.push_back(text);
    return it->second;
  }
};

CodePoints g_special_cases;

int64_t specialCase(const CodePoints& list) {
  int64_t offset = g_special_cases.size() | (list.size() << 24);
  g_special_cases.insert(g_special_cases.end(), list.begin(), list.end());
  return offset;
}

string charRecordText(uint32_t c) {
  Char& ch = g_chars[c];
  int64_t upper = 0, lower = 0, title = 0, fold = 0;
  uint32_t flags = ch.flags;
  if (ch.assigned) {
    bool special = !ch.special_lower.empty() || ch.fold.size() > 1;
    CodePoints single_lower = {ch.lower}, single_upper = {ch.upper}, single_title = {ch.title};
    if (special) {
      flags |= kSpecialCase;
      bool listed = !ch.special_lower.empty();
      lower = specialCase(listed ? ch.special_lower : single_lower);
      upper = specialCase(listed ? ch.special_upper : single_upper);
      title = specialCase(listed ? ch.special_title : single_title);
      fold = specialCase(ch.fold);
    } else {
      upper = int64_t{ch.upper} - c;
      lower = int64_t{ch.lower} - c;
      title = int64_t{ch.title} - c;
      fold = int64_t{ch.fold[0]} - c;
    }
  }
  std::ostringstream text;
  text << "{" << upper << "," << lower << "," << title << "," << fold << "," << flags << ","
       << std::max(ch.decimal, 0) << "," << std::max(ch.digit, 0) << "}";
  return text.str();
}

void writeCharRecords() {
  Interner records;
  records.add("{0,0,0,0,0,0,0}");
  vector<uint32_t> rows(kCount);
  for (uint32_t c = 0; c < kCount; c++) rows[c] = records.add(charRecordText(c));
  g_out << "#ifdef KR_UNICODE_DECLARED_TABLES\n";
  writeTwoLevel("Char", rows, true);
  writeArray("CharRecord", "kCharRecords", records.texts, true);
  g_out << "#endif\n";
  writeArray("char32_t", "kSpecialCases", g_special_cases);
}

void writePropertyRecords() {
  Interner records;
  records.add("{0,0,0,0,0,0,0}");
  vector<uint32_t> rows(kCount);
  for (uint32_t c = 0; c < kCount; c++) {
    const Char& ch = g_chars[c];
    std::ostringstream text;
    text << "{" << indexOf(kCategories, ch.category) << "," << indexOf(kBidi, ch.bidi) << "," << ch.combining
         << "," << indexOf(kWidths, ch.width) << "," << ch.mirrored << "," << ch.quick_check << ","
         << ch.numeric << "}";
    rows[c] = records.add(text.str());
  }
  writeTwoLevel("Property", rows);
  writeArray("PropertyRecord", "kPropertyRecords", records.texts);
  writeArray("double", "kNumericValues", g_numerics);
}

template <class Names>
void writeNames(const char* name, const Names& names) {
  g_out << "inline constexpr std::string_view " << name << "[] = {";
  for (auto& text : names) g_out << "\"" << text << "\",";
  g_out << "};\n";
}

// Row 0 means "none"; otherwise the offset of a header (tag index | count << 8) followed by the code points.
void writeDecompositions() {
  Interner tags;
  tags.add("");
  CodePoints data = {0};
  vector<uint32_t> rows(kCount, 0);
  struct Pair {
    uint32_t first, second, composed;
  };
  vector<Pair> pairs;
  for (uint32_t c = 0; c < kCount; c++) {
    const Char& ch = g_chars[c];
    if (!ch.assigned || ch.decomposition.empty()) continue;
    rows[c] = data.size();
    data.push_back(tags.add(ch.tag) | ch.decomposition.size() << 8);
    data.insert(data.end(), ch.decomposition.begin(), ch.decomposition.end());
    if (ch.tag.empty() && ch.decomposition.size() == 2 && !ch.composition_excluded)
      pairs.push_back({ch.decomposition[0], ch.decomposition[1], c});
  }
  writeTwoLevel("Decomposition", rows);
  writeArray("char32_t", "kDecompositionData", data);
  writeNames("kDecompositionTags", tags.texts);
  std::sort(pairs.begin(), pairs.end(),
            [](auto& a, auto& b) { return a.first != b.first ? a.first < b.first : a.second < b.second; });
  g_out << "inline constexpr Composition kCompositions[] = {";
  for (auto& pair : pairs) g_out << "{" << pair.first << "," << pair.second << "," << pair.composed << "},\n";
  g_out << "};\n";
}

// -- names --------------------------------------------------------------------------------------------------

struct NamedRow {
  string name;
  uint32_t target;  // a code point, or kSequenceBase + index
};
constexpr uint32_t kSequenceBase = 0x200000;

vector<NamedRow> g_named;
size_t g_first_alias, g_first_sequence;

// Aliases that 15.0 added to older characters.
const std::set<string> kNewAliases = {"EM", "ARABIC SMALL HIGH LIGATURE ALEF WITH YEH BARREE",
                                      "SUNDANESE LETTER ARCHAIC I"};

void collectNames(vector<uint32_t>& rows) {
  for (uint32_t c = 0; c < kCount; c++) {
    if (!g_chars[c].assigned || g_chars[c].name.empty()) continue;
    g_named.push_back({g_chars[c].name, c});
    rows[c] = g_named.size();
  }
  g_first_alias = g_named.size();
  eachLine(g_folder + "/NameAliases.txt", [](const vector<string>& f) {
    if (g_chars[hex(f[0])].assigned && !kNewAliases.contains(f[1])) g_named.push_back({f[1], hex(f[0])});
  });
  g_first_sequence = g_named.size();
  CodePoints sequences;
  uint32_t count = 0;
  eachLine(g_folder + "/NamedSequences.txt", [&](const vector<string>& f) {
    CodePoints list = hexList(f[1]);
    g_named.push_back({f[0], kSequenceBase + count++});
    list.resize(4, 0);
    sequences.insert(sequences.end(), list.begin(), list.end());
  });
  writeArray("char32_t", "kSequences", sequences);
}

constexpr uint32_t kOneByteTokens = 160;

void writeWords(std::map<string, uint32_t>& tokens) {
  std::map<string, uint32_t> frequency;
  for (auto& row : g_named)
    for (auto& word : split(row.name, ' ')) frequency[word]++;
  vector<std::pair<uint32_t, string>> order;
  for (auto& [word, count] : frequency) order.push_back({count, word});
  std::sort(order.begin(), order.end(),
            [](auto& a, auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  if (order.size() > kOneByteTokens + (256 - kOneByteTokens) * 256) fail("too many words in names");
  vector<uint32_t> offsets;
  g_out << "inline constexpr char kWordText[] =";
  uint32_t offset = 0;
  for (auto& [count, word] : order) {
    tokens[word] = offsets.size();
    offsets.push_back(offset);
    offset += word.size();
    g_out << (offsets.size() % 8 == 1 ? "\n\"" : "") << word << (offsets.size() % 8 == 0 ? "\"" : "");
  }
  g_out << (order.size() % 8 ? "\";\n" : ";\n");
  offsets.push_back(offset);
  writeArray("uint32_t", "kWordOffsets", offsets);
}

void writeNameTables() {
  vector<uint32_t> rows(kCount, 0);
  collectNames(rows);
  std::map<string, uint32_t> tokens;
  writeWords(tokens);
  vector<uint32_t> bytes, offsets, targets, sorted;
  for (auto& row : g_named) {
    offsets.push_back(bytes.size());
    targets.push_back(row.target);
    sorted.push_back(sorted.size());
    for (auto& word : split(row.name, ' ')) {
      uint32_t token = tokens[word];
      if (token >= kOneByteTokens) bytes.push_back(kOneByteTokens + ((token - kOneByteTokens) >> 8));
      bytes.push_back(token < kOneByteTokens ? token : (token - kOneByteTokens) & 0xFF);
    }
  }
  offsets.push_back(bytes.size());
  std::sort(sorted.begin(), sorted.end(), [](auto a, auto b) { return g_named[a].name < g_named[b].name; });
  writeTwoLevel("Name", rows);
  writeArray("uint8_t", "kNameTokens", bytes);
  writeArray("uint32_t", "kNameOffsets", offsets);
  writeArray("uint32_t", "kNameTargets", targets);
  writeArray("uint16_t", "kNamesSorted", sorted);
  g_out << "inline constexpr uint32_t kNameCount = " << g_named.size() << ", kFirstAlias = " << g_first_alias
        << ", kFirstSequence = " << g_first_sequence << ", kSequenceBase = " << kSequenceBase
        << ", kOneByteTokens = " << kOneByteTokens << ";\n";
}

// -- ranges -------------------------------------------------------------------------------------------------

template <class Test>
void writeRanges(const char* name, Test test) {
  g_out << "inline constexpr Range " << name << "[] = {";
  for (uint32_t c = 0; c < kCount; c++) {
    if (!test(c)) continue;
    uint32_t first = c;
    while (c + 1 < kCount && test(c + 1)) c++;
    g_out << "{" << first << "," << c << "},\n";
  }
  g_out << "};\n";
}

bool isUnifiedIdeograph(uint32_t c) {
  bool in_blocks =
      (c >= 0x3400 && c <= 0x9FFF) || (c >= 0x20000 && c <= 0x2F7FF) || (c >= 0x30000 && c <= 0x3FFFD);
  return in_blocks && g_chars[c].assigned && g_chars[c].category == "Lo" && g_chars[c].name.empty();
}

uint32_t deltaValue(const string& property, const string& value) {
  if (property == "category") return indexOf(kCategories, value);
  if (property == "bidirectional") return indexOf(kBidi, value);
  if (property == "width") return indexOf(kWidths, value);
  if (property == "decomposition") return hex(value);
  return std::stoul(value);
}

void writeOldDeltas(const string& path) {
  std::map<string, vector<string>> rows;
  eachLine(path, [&](const vector<string>& fields) {
    std::stringstream line(fields[0]);
    string property, first, last, value;
    line >> property >> first >> last >> value;
    std::ostringstream row;
    row << "{" << hex(first) << "," << hex(last) << "," << deltaValue(property, value) << "}";
    rows[property].push_back(row.str());
  });
  static const vector<std::pair<string, string>> names = {
      {"category", "kOldCategories"}, {"bidirectional", "kOldBidirectionals"},
      {"width", "kOldWidths"},        {"mirrored", "kOldMirrored"},
      {"decimal", "kOldDecimals"},    {"decomposition", "kOldDecompositions"}};
  for (auto& [property, name] : names) {
    g_out << "inline constexpr Delta " << name << "[] = {";
    for (auto& row : rows[property]) g_out << row << ",";
    g_out << "};\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) fail("usage: unicode_tables UCD-FOLDER OLD-DELTAS OUTPUT");
  g_folder = argv[1];
  g_out.open(argv[3]);
  if (!g_out) fail(string("cannot write ") + argv[3]);
  readUnicodeData();
  readFlags();
  readNumericValues();
  readWidthsAndChecks();
  readCases();
  writeNames("kCategoryNames", kCategories);
  writeNames("kBidirectionalNames", kBidi);
  writeNames("kWidthNames", kWidths);
  writeCharRecords();
  writePropertyRecords();
  writeDecompositions();
  writeNameTables();
  writeRanges("kIdeographs", isUnifiedIdeograph);
  writeRanges("kOldAssigned", [](uint32_t c) { return g_chars[c].assigned && g_chars[c].age <= 3.2; });
  writeOldDeltas(argv[2]);
  g_out.close();
  return g_out.good() ? 0 : 1;
}
