#include "main/command_line.h"

#include <climits>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace krait {
namespace {

constexpr std::string_view kFlagsWithValue = "cmWX";

class Parser {
 public:
  Parser(int argc, char** argv, Config& config) : argc_(argc), argv_(argv), config_(config) {}

  CommandLineAction run() {
    for (int i = 0; i < argc_; i++) config_.orig_argv.emplace_back(argv_[i]);
    while (next_ < argc_) {
      std::string_view arg = argv_[next_];
      if (arg.size() < 2 || arg[0] != '-') break;
      next_++;
      if (arg == "--") break;
      bool stop = arg[1] == '-' ? longOption(arg) : shortOptions(arg.substr(1));
      if (action_ == CommandLineAction::kUsageError) return action_;
      if (stop) break;
    }
    if (version_ > 0) return version_ > 1 ? CommandLineAction::kVersionLong : CommandLineAction::kVersion;
    if (action_ != CommandLineAction::kRun) return action_;
    collectArguments();
    return action_;
  }

 private:
  bool fail(const char* format, const char* detail) {
    std::fprintf(stderr, format, detail);
    action_ = CommandLineAction::kUsageError;
    return true;
  }

  bool longOption(std::string_view arg) {
    if (arg == "--help") return action_ = CommandLineAction::kHelp, true;
    if (arg == "--help-env") return action_ = CommandLineAction::kHelpEnvironment, true;
    if (arg == "--help-xoptions") return action_ = CommandLineAction::kHelpXOptions, true;
    if (arg == "--help-all") return action_ = CommandLineAction::kHelpAll, true;
    if (arg == "--version") return version_++, false;
    if (arg == "--check-hash-based-pycs") return checkHashBasedPycs();
    return fail("unknown option %s\n", std::string(arg).c_str());
  }

  bool checkHashBasedPycs() {
    if (next_ >= argc_) return fail("Argument expected for the %s options\n", "--check-hash-based-pycs");
    std::string value = argv_[next_++];
    if (value != "always" && value != "never" && value != "default") {
      return fail("%s", "--check-hash-based-pycs must be one of 'default', 'always', or 'never'\n");
    }
    config_.check_pycs = value;
    return false;
  }

  // One cluster such as -Ic. True: options end here (-c, -m).
  bool shortOptions(std::string_view cluster) {
    for (size_t i = 0; i < cluster.size(); i++) {
      char option = cluster[i];
      if (option == 'J') return fail("%s", "-J is reserved for Jython\n");
      if (kFlagsWithValue.find(option) != std::string_view::npos) {
        return optionWithValue(option, cluster.substr(i + 1));
      }
      if (!flag(option)) {
        std::fprintf(stderr, "Unknown option: -%c\n", option);
        return fail("%s", "");
      }
      if (action_ != CommandLineAction::kRun) return true;
    }
    return false;
  }

  bool optionWithValue(char option, std::string_view rest) {
    std::string value(rest);
    if (rest.empty()) {
      if (next_ >= argc_) {
        std::fprintf(stderr, "Argument expected for the -%c option\n", option);
        return fail("%s", "");
      }
      value = argv_[next_++];
    }
    if (option == 'W') return config_.warn_options.push_back(value), false;
    if (option == 'X') return config_.x_options.push_back(value), false;
    if (option == 'm') return config_.module = value, true;
    config_.has_command = true;
    config_.command = value + "\n";
    return true;
  }

  bool flag(char option) {
    switch (option) {
      case 'b': return config_.bytes_warning++, true;
      case 'B': return config_.dont_write_bytecode = 1, true;
      case 'd': return config_.debug++, true;
      case 'E': return config_.ignore_environment = 1, true;
      case 'h':
      case '?': return action_ = CommandLineAction::kHelp, true;
      case 'i': return config_.inspect++, config_.interactive++, true;
      case 'I':
        config_.isolated = config_.ignore_environment = config_.no_user_site = config_.safe_path = 1;
        return true;
      case 'O': return config_.optimize++, true;
      case 'P': return config_.safe_path = 1, true;
      case 'q': return config_.quiet++, true;
      case 'R': return config_.random_hash = true;
      case 's': return config_.no_user_site = 1, true;
      case 'S': return config_.no_site = 1, true;
      case 't': return true;
      case 'u': return config_.unbuffered = 1, true;
      case 'v': return config_.verbose++, true;
      case 'V': return version_++, true;
      case 'x': return config_.skip_first_line = 1, true;
      default: return false;
    }
  }

  // sys.argv: what runs, then its arguments.
  void collectArguments() {
    if (config_.has_command)
      config_.argv.emplace_back("-c");
    else if (!config_.module.empty())
      config_.argv.emplace_back("-m");
    else if (next_ < argc_) {
      if (std::strcmp(argv_[next_], "-") != 0) config_.file = argv_[next_];
      config_.argv.emplace_back(argv_[next_++]);
    } else {
      config_.argv.emplace_back("");
    }
    for (; next_ < argc_; next_++) config_.argv.emplace_back(argv_[next_]);
  }

  int argc_;
  char** argv_;
  Config& config_;
  int next_ = 1, version_ = 0;
  CommandLineAction action_ = CommandLineAction::kRun;
};

// A variable's value; null when unset, empty, or the environment is ignored.
const char* variable(const Config& config, const char* name) {
  if (config.ignore_environment) return nullptr;
  const char* value = std::getenv(name);
  return value && *value ? value : nullptr;
}

// A counting flag given by the environment: a number, or 1 for any other text.
void raiseTo(const Config& config, int& flag, const char* name) {
  const char* value = variable(config, name);
  if (!value) return;
  char* end;
  long number = std::strtol(value, &end, 10);
  int level = *end == 0 && number >= 0 && number <= INT_MAX ? static_cast<int>(number) : 1;
  flag = std::max(flag, level);
}

bool isAsked(const Config& config, const char* name) {
  int level = 0;
  raiseTo(config, level, name);
  return level > 0;
}

const std::string* xOption(const Config& config, std::string_view name) {
  for (auto it = config.x_options.rbegin(); it != config.x_options.rend(); ++it) {
    if (std::string_view(*it).substr(0, it->find('=')) == name) return &*it;
  }
  return nullptr;
}

std::string_view xValue(const std::string* option) {
  size_t equals = option->find('=');
  return equals == std::string::npos ? std::string_view{} : std::string_view(*option).substr(equals + 1);
}

bool fatalConfig(const char* message) {
  bool early = std::string_view(message).starts_with("preconfig");
  std::fprintf(stderr, "Fatal Python error: %s\nPython runtime state: %s\n\n", message,
               early ? "preinitializing" : "preinitialized");
  return false;
}

bool hashSeed(Config& config) {
  const char* value = config.random_hash ? nullptr : variable(config, "PYTHONHASHSEED");
  if (!value || std::strcmp(value, "random") == 0) return true;
  char* end;
  unsigned long seed = std::strtoul(value, &end, 10);
  if (*end != 0 || *value == '-' || seed > 4294967295UL) {
    return fatalConfig(
        "config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]");
  }
  config.use_hash_seed = true;
  config.hash_seed = seed;
  return true;
}

bool frameCount(Config& config, const char* text, const char* message) {
  char* end;
  long frames = std::strtol(text, &end, 10);
  if (*end != 0 || frames < 0 || frames > INT_MAX) return fatalConfig(message);
  config.tracemalloc = static_cast<int>(frames);
  return true;
}

// -X tracemalloc[=N], PYTHONTRACEMALLOC=N.
bool traceMalloc(Config& config) {
  const std::string* option = xOption(config, "tracemalloc");
  if (option && option->find('=') == std::string::npos) return config.tracemalloc = 1, true;
  if (option) {
    return frameCount(config, std::string(xValue(option)).c_str(),
                      "config_init_tracemalloc: -X tracemalloc=NFRAME: invalid number of frames");
  }
  const char* value = variable(config, "PYTHONTRACEMALLOC");
  return !value ||
         frameCount(config, value, "config_init_tracemalloc: PYTHONTRACEMALLOC: invalid number of frames");
}

bool frozenModules(Config& config) {
  const std::string* option = xOption(config, "frozen_modules");
  if (!option) return true;
  std::string_view value = xValue(option);
  if (value != "on" && value != "off" && option->find('=') != std::string::npos && !value.empty()) {
    return fatalConfig("bad value for option -X frozen_modules (expected \"on\" or \"off\")");
  }
  config.frozen_modules = value != "off";
  return true;
}

bool maxStrDigits(Config& config) {
  const char* text = variable(config, "PYTHONINTMAXSTRDIGITS");
  const std::string* option = xOption(config, "int_max_str_digits");
  std::string value = option ? std::string(xValue(option)) : text ? text : "";
  if (value.empty() && !option) return true;
  bool lacks_value = option && option->find('=') == std::string::npos;
  char* end;
  long digits = std::strtol(value.c_str(), &end, 10);
  if (lacks_value || *end != 0 || (digits != 0 && digits < 640) || digits < 0 || digits > 2147483647L) {
    return fatalConfig(option ? "config_init_int_max_str_digits: -X int_max_str_digits: invalid limit; must "
                                "be >= 640 or 0 for unlimited."
                              : "config_init_int_max_str_digits: PYTHONINTMAXSTRDIGITS: invalid limit; must "
                                "be >= 640 or 0 for unlimited.");
  }
  config.int_max_str_digits = config.int_max_str_digits_given = static_cast<int>(digits);
  return true;
}

// UTF-8 mode: -X utf8, PYTHONUTF8, or a C / POSIX locale.
bool utf8Mode(Config& config) {
  if (const std::string* option = xOption(config, "utf8")) {
    std::string_view value = xValue(option);
    if (option->find('=') == std::string::npos || value == "1")
      config.utf8_mode = 1;
    else if (value == "0")
      config.utf8_mode = 0;
    else
      return fatalConfig("preconfig_init_utf8_mode: invalid -X utf8 option value");
    return true;
  }
  if (const char* value = variable(config, "PYTHONUTF8")) {
    if (std::strcmp(value, "1") == 0)
      config.utf8_mode = 1;
    else if (std::strcmp(value, "0") == 0)
      config.utf8_mode = 0;
    else
      return fatalConfig("preconfig_init_utf8_mode: invalid PYTHONUTF8 environment variable value");
    return true;
  }
  return true;  // the C locale has switched it on before it was coerced
}

void devMode(Config& config) {
  if (!xOption(config, "dev") && !variable(config, "PYTHONDEVMODE")) return;
  config.dev_mode = 1;
  config.faulthandler = true;
}

// -W options in order of increasing strength: dev mode, environment, -b, command line.
void warnOptions(Config& config) {
  std::vector<std::string> options;
  if (config.dev_mode) options.emplace_back("default");
  if (const char* value = variable(config, "PYTHONWARNINGS")) {
    std::string_view rest = value;
    while (!rest.empty()) {
      size_t comma = std::min(rest.find(','), rest.size());
      if (comma) options.emplace_back(rest.substr(0, comma));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  options.insert(options.end(), config.warn_options.begin(), config.warn_options.end());
  if (config.bytes_warning)
    options.emplace_back(config.bytes_warning > 1 ? "error::BytesWarning" : "default::BytesWarning");
  config.warn_options = std::move(options);
}

void stdioEncoding(Config& config) {
  const char* value = variable(config, "PYTHONIOENCODING");
  if (!value) return;
  std::string_view text = value;
  size_t colon = text.find(':');
  config.stdio_encoding = text.substr(0, colon);
  if (colon != text.npos) config.stdio_errors = text.substr(colon + 1);
  if (!config.stdio_encoding.empty() && config.stdio_errors.empty()) config.stdio_errors = "strict";
}

}  // namespace

CommandLineAction parseCommandLine(int argc, char** argv, Config& config) {
  return Parser(argc, argv, config).run();
}

bool applyEnvironment(Config& config) {
  raiseTo(config, config.debug, "PYTHONDEBUG");
  raiseTo(config, config.verbose, "PYTHONVERBOSE");
  raiseTo(config, config.optimize, "PYTHONOPTIMIZE");
  raiseTo(config, config.inspect, "PYTHONINSPECT");
  if (isAsked(config, "PYTHONDONTWRITEBYTECODE")) config.dont_write_bytecode = 1;
  if (isAsked(config, "PYTHONNOUSERSITE")) config.no_user_site = 1;
  raiseTo(config, config.unbuffered, "PYTHONUNBUFFERED");
  if (variable(config, "PYTHONSAFEPATH")) config.safe_path = 1;
  if (const char* value = variable(config, "PYTHONPYCACHEPREFIX")) config.pycache_prefix = value;
  if (const std::string* option = xOption(config, "pycache_prefix")) config.pycache_prefix = xValue(option);
  if (const char* value = variable(config, "PYTHONPATH")) config.python_path = value;
  if (const char* value = variable(config, "PYTHONHOME")) config.home = value;
  if (const char* value = variable(config, "PYTHONPLATLIBDIR")) config.platlibdir = value;
  config.faulthandler = xOption(config, "faulthandler") || variable(config, "PYTHONFAULTHANDLER");
  config.import_time = xOption(config, "importtime") || variable(config, "PYTHONPROFILEIMPORTTIME");
  config.code_debug_ranges = !xOption(config, "no_debug_ranges") && !variable(config, "PYTHONNODEBUGRANGES");
  config.warn_default_encoding =
      xOption(config, "warn_default_encoding") || variable(config, "PYTHONWARNDEFAULTENCODING");
  devMode(config);
  warnOptions(config);
  stdioEncoding(config);
  return utf8Mode(config) && hashSeed(config) && traceMalloc(config) && frozenModules(config) &&
         maxStrDigits(config);
}

}  // namespace krait
