// The texts of -h and its relatives.
#include <cstdio>

#include "main/command_line.h"

namespace krait {
namespace {

constexpr const char* kOptions =
    R"(Options (and corresponding environment variables):
-b     : warn about str compared with bytes or int (-bb: an error instead)
-B     : write no .pyc files; also PYTHONDONTWRITEBYTECODE=x
-c cmd : run the program text given as a string; ends the options
-d     : parser debugging; also PYTHONDEBUG=x
-E     : ignore the PYTHON* environment variables
-h     : print this help and exit; also -? or --help
-i     : go on interactively after the script; also PYTHONINSPECT=x
-I     : isolated from the user's environment (implies -E, -P and -s)
-m mod : run a library module as a script; ends the options
-O     : leave out assert statements; also PYTHONOPTIMIZE=x
-OO    : -O, and leave out docstrings
-P     : do not put a possibly unsafe folder first on sys.path
-q     : no version and copyright lines when interactive
-s     : no user site folder on sys.path; also PYTHONNOUSERSITE=x
-S     : do not import site at start-up
-u     : unbuffered stdout and stderr; also PYTHONUNBUFFERED=x
-v     : report import steps (-vv: more); also PYTHONVERBOSE=x
-V     : print the version and exit (-VV: with build details); also --version
-W arg : warning filter action:message:category:module:lineno; also PYTHONWARNINGS=arg
-x     : skip the first line of the source
-X opt : implementation options, see --help-xoptions
--check-hash-based-pycs always|default|never:
         how hash-based .pyc files are checked against their source
--help-env      : help about environment variables
--help-xoptions : help about -X options
--help-all      : all of the help

Arguments:
file   : program read from a file
-      : program read from standard input (default; interactive on a terminal)
arg ...: arguments of the program, in sys.argv[1:]
)";

constexpr const char* kEnvironment =
    R"(Environment variables:
PYTHONSTARTUP    : file run at interactive start
PYTHONPATH       : ':'-separated folders put first on sys.path
PYTHONHOME       : where the standard library is
PYTHONPLATLIBDIR : overrides sys.platlibdir
PYTHONCASEOK     : ignored here
PYTHONUTF8       : 1: UTF-8 mode
PYTHONIOENCODING : encoding[:errors] of stdin, stdout and stderr
PYTHONFAULTHANDLER        : dump tracebacks on fatal signals
PYTHONHASHSEED            : seed of str and bytes hashes, or 'random'
PYTHONINTMAXSTRDIGITS     : limit of int <-> str conversion
PYTHONMALLOC              : memory allocator and its debug hooks
PYTHONCOERCECLOCALE       : 0 leaves the C locale alone, 'warn' reports
PYTHONBREAKPOINT          : what breakpoint() calls; 0 switches it off
PYTHONDEVMODE             : development mode
PYTHONPYCACHEPREFIX       : root of a parallel tree for .pyc files
PYTHONWARNDEFAULTENCODING : warn when the locale's encoding is used
)";

constexpr const char* kXOptions =
    R"(-X options:
-X dev                  development mode
-X faulthandler         dump tracebacks on fatal signals
-X frozen_modules=on|off  whether frozen modules are used
-X importtime           report how long each import takes
-X int_max_str_digits=N limit of int <-> str conversion
-X no_debug_ranges      no column information in code objects
-X pycache_prefix=PATH  root of a parallel tree for .pyc files
-X showrefcount         total reference count at exit (debug builds)
-X tracemalloc=N        trace memory with N frames
-X utf8=0|1             UTF-8 mode
-X warn_default_encoding  warn when the locale's encoding is used
)";

}  // namespace

void printHelp(CommandLineAction which, const char* program) {
  bool all = which == CommandLineAction::kHelpAll;
  if (all || which == CommandLineAction::kHelp) {
    std::printf("usage: %s [option] ... [-c cmd | -m mod | file | -] [arg] ...\n%s", program, kOptions);
  }
  if (all || which == CommandLineAction::kHelpEnvironment) std::fputs(kEnvironment, stdout);
  if (all || which == CommandLineAction::kHelpXOptions) std::fputs(kXOptions, stdout);
}

void printUsageHint(const char* program) {
  std::fprintf(stderr,
               "usage: %s [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `python -h' for more "
               "information.\n",
               program);
}

}  // namespace krait
