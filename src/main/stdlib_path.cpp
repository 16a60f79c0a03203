#include "main/stdlib_path.h"

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <sys/stat.h>
#include <unistd.h>

namespace krait {
namespace {

bool isFile(const std::string& path) {
  struct stat st;
  return stat(path.c_str(), &st) == 0 && S_ISREG(st.st_mode);
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

std::string parent(const std::string& path) { return path.substr(0, path.rfind('/')); }

}  // namespace

bool locateStdlib(Config& config, const char* program) {
  config.executable = resolveProgram(program);
  std::string stdlib = KRAIT_STDLIB;
  if (!config.home.empty()) stdlib = config.home.substr(0, config.home.find(':')) + "/lib/python3.11";
  if (!isFile(stdlib + "/os.py") || !isFile(stdlib + "/importlib/_bootstrap.py")) {
    std::fprintf(stderr, "krait: no standard library in %s (install libpython3.11-stdlib, or set PYTHONHOME)\n", stdlib.c_str());
    return false;
  }
  config.stdlib = stdlib;
  config.prefix = parent(parent(stdlib));
  return true;
}

}  // namespace krait
