#include "main/stdlib_path.h"

#include <sys/stat.h>
#include <unistd.h>
#include <climits>
#include <cstdio>
#include <cstdlib>

#include <fstream>
#include <sstream>

namespace krait {
namespace {

bool isFile(const std::string& path) {
  struct stat st;
  return stat(path.c_str(), &st) == 0 && S_ISREG(st.st_mode);
}

bool isFolder(const std::string& path) {
  struct stat st;
  return stat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode);
}

bool isExecutable(const std::string& path) { return isFile(path) && access(path.c_str(), X_OK) == 0; }

std::string absolute(const std::string& path) {
  if (path.empty() || path[0] == '/') return path;
  char cwd[PATH_MAX];
  if (!getcwd(cwd, sizeof cwd)) return path;
  std::string rest = path.rfind("./", 0) == 0 ? path.substr(2) : path;
  return std::string(cwd) + "/" + rest;
}

// argv[0] as the shell resolved it: itself when it has a slash, else the first match on PATH.
std::string resolveProgram(const char* program) {
  std::string name = program ? program : "";
  if (name.find('/') != std::string::npos) return absolute(name);
  const char* path = std::getenv("PATH");
  for (std::string rest = path ? path : ""; !rest.empty();) {
    size_t colon = std::min(rest.find(':'), rest.size());
    std::string candidate = rest.substr(0, colon) + "/" + name;
    if (colon && isExecutable(candidate)) return absolute(candidate);
    rest.erase(0, colon + 1);
  }
  return "";
}

std::string parent(const std::string& path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}
std::string baseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string resolved(const std::string& path) {
  char buffer[PATH_MAX];
  return realpath(path.c_str(), buffer) ? buffer : path;
}

// Without "." and ".." parts, by text. A relative path stays one.
std::string normalised(const std::string& path) {
  bool is_absolute = path.starts_with('/');
  std::vector<std::string> parts;
  std::stringstream in(path);
  for (std::string part; std::getline(in, part, '/');) {
    if (part.empty() || part == ".") continue;
    if (part != ".." || (!is_absolute && (parts.empty() || parts.back() == "..")))
      parts.push_back(part);
    else if (!parts.empty())
      parts.pop_back();
  }
  std::string out;
  for (const std::string& part : parts) out += (out.empty() && !is_absolute ? "" : "/") + part;
  return out.empty() && is_absolute ? "/" : out;
}

std::string trimmed(const std::string& text) {
  size_t start = text.find_first_not_of(" \t\r\n"), end = text.find_last_not_of(" \t\r\n");
  return start == std::string::npos ? "" : text.substr(start, end - start + 1);
}

// EXECUTABLE._pth lists the whole search path and isolates the interpreter from its surroundings.
void readPathFile(Config& config) {
  std::ifstream in(config.executable + "._pth");
  if (config.executable.empty() || !in) return;
  config.isolated = 1, config.ignore_environment = 1, config.no_site = 1, config.safe_path = 1;
  std::string folder = parent(config.executable);
  for (std::string raw; std::getline(in, raw);) {
    std::string line = trimmed(raw);
    if (line.empty() || line[0] == '#') continue;
    if (line == "import site")
      config.no_site = 0;
    else if (!line.starts_with("import "))
      config.search_path.push_back(normalised(line[0] == '/' ? line : folder + "/" + line));
  }
}

// `home` of the virtual environment that the executable stands in; empty: none.
std::string environmentHome(const std::string& executable) {
  std::string folder = parent(executable);
  for (const std::string& place : {folder, parent(folder)}) {
    std::ifstream in(place + "/pyvenv.cfg");
    for (std::string line; in && std::getline(in, line);) {
      size_t equals = line.find('=');
      if (equals != std::string::npos && trimmed(line.substr(0, equals)) == "home")
        return trimmed(line.substr(equals + 1));
    }
    if (in.is_open()) return "";
  }
  return "";
}

// PREFIX/lib/NAME, where PYTHONPLATLIBDIR calls lib differently and may name a place of its own.
std::string libraryBelow(const Config& config, const std::string& prefix, const char* name) {
  const std::string& lib = config.platlibdir;
  return normalised((lib.starts_with('/') ? lib : prefix + "/" + lib) + "/" + name);
}

// The nearest folder above `folder` with that in its library; else where the library was when this was built.
std::string prefixAbove(const Config& config, std::string folder, const char* name,
                        bool (*is)(const std::string&)) {
  for (; !folder.empty(); folder = parent(folder)) {
    if (is(libraryBelow(config, folder, name))) return folder;
  }
  return parent(parent(KRAIT_STDLIB));
}

// PYTHONHOME is PREFIX or PREFIX:EXEC_PREFIX; what it leaves out is looked for.
void locatePrefixes(Config& config, const std::string& binary_folder) {
  size_t colon = config.home.find(':');
  config.prefix = config.home.substr(0, colon);
  config.exec_prefix = colon == std::string::npos ? config.prefix : config.home.substr(colon + 1);
  if (config.prefix.empty()) config.prefix = prefixAbove(config, binary_folder, "python3.11/os.py", isFile);
  if (config.exec_prefix.empty())
    config.exec_prefix = prefixAbove(config, binary_folder, "python3.11/lib-dynload", isFolder);
}

}  // namespace

void locateExecutable(Config& config, const char* program) {
  config.executable = config.base_executable = resolveProgram(program);
  readPathFile(config);
}

bool locateStdlib(Config& config) {
  std::string home = environmentHome(config.executable);
  std::string folder = home.empty() ? parent(resolved(config.executable)) : home;
  if (!home.empty()) config.base_executable = home + "/" + baseName(config.executable);
  locatePrefixes(config, folder);
  config.stdlib = libraryBelow(config, config.prefix, "python3.11");
  config.stdlib_zip = libraryBelow(config, config.prefix, "python311.zip");
  config.dynload = libraryBelow(config, config.exec_prefix, "python3.11/lib-dynload");
  if (isFile(config.stdlib + "/os.py") && isFile(config.stdlib + "/importlib/_bootstrap.py")) return true;
  std::fprintf(stderr, "krait: no standard library in %s (install libpython3.11-stdlib, or set PYTHONHOME)\n",
               config.stdlib.c_str());
  return false;
}

}  // namespace krait
