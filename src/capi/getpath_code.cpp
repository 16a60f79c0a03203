// The search for paths as a code object.
//
// Krait finds its own paths in main/stdlib_path.cpp. Who asks for the code object gets the same search
// written in Python, over file system functions of the caller's and for the layouts of all platforms.
#include "capi/capi.h"
#include "compiler/compile.h"
#include "types/str.h"

namespace krait {
namespace {

constexpr std::string_view kSearch =
    R"PY(# The namespace holds build constants (PREFIX, VPATH ...), environment variables (ENV_*), file system functions and
# `config`, which is filled in.
nt = os_name == 'nt'
SEP, DELIM = ('\\', ';') if nt else ('/', ':')
versioned = f'python{VERSION_MAJOR}.{VERSION_MINOR}'
use_environment = config.get('use_environment', 1)
platlibdir = config.get('platlibdir') or PLATLIBDIR
zip_name = f'python{VERSION_MAJOR}{VERSION_MINOR}{PYDEBUGEXT or ""}.zip'
landmark = ('Lib\\os.py',) if nt else (platlibdir, versioned, 'os.py')


def nearest(folder, exists, *parts):
    """The folder itself or the closest one above it that has joinpath(*parts) below it; '' when none has."""
    while folder and not exists(joinpath(folder, *parts)):
        folder = dirname(folder)
    return folder


def lines_of(path):
    try:
        return [line.strip() for line in readlines(path)]
    except (FileNotFoundError, PermissionError):
        return None


def find_executable():
    if config.get('executable'):
        return config['executable']
    if os_name == 'darwin' and ENV_PYTHONEXECUTABLE:
        return abspath(ENV_PYTHONEXECUTABLE)
    if ENV___PYVENV_LAUNCHER__ and os_name in ('nt', 'darwin'):
        return ENV___PYVENV_LAUNCHER__
    program = config.get('program_name') or (config.get('orig_argv') or [''])[0]
    if SEP in program:
        return abspath(program)
    for folder in ENV_PATH.split(DELIM) if program and ENV_PATH else ():
        for candidate in (program, program + (EXE_SUFFIX or '')):
            if isxfile(joinpath(folder, candidate)):
                return joinpath(folder, candidate)
    return real_executable


def find_venv(executable):
    """The folder of pyvenv.cfg and what it calls home."""
    folder = dirname(executable)
    for place in (folder, dirname(folder)):
        lines = lines_of(joinpath(place, 'pyvenv.cfg')) if place else None
        if lines is not None:
            pairs = [line.partition('=') for line in lines]
            return place, next((value.strip() for key, _, value in pairs if key.strip().lower() == 'home'), None)
    return None, None


def find_base_executable(executable, home):
    """The interpreter in `home` that a virtual environment was made from."""
    if nt and real_executable:
        return real_executable
    found = joinpath(home, basename(executable))
    if isfile(found):
        return found
    resolved = realpath(executable)
    if resolved != executable:
        return resolved
    for candidate in (f'python{VERSION_MAJOR}', versioned):
        if isxfile(joinpath(home, candidate)):
            return joinpath(home, candidate)
    return found


def registered_paths():
    paths = []
    for hive in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE) if winreg and use_environment else ():
        try:
            key = winreg.OpenKeyEx(hive, f'Software\\Python\\PythonCore\\{PYWINVER}\\PythonPath')
        except OSError:
            continue
        try:
            names = [None]
            try:
                while True:
                    names.append(winreg.EnumKey(key, len(names) - 1))
            except OSError:
                pass
            values = [winreg.QueryValue(key, name) for name in names]
            paths += [path for value in values if isinstance(value, str) for path in value.split(DELIM)]
        finally:
            winreg.CloseKey(key)
    return paths


def path_file(executable):
    """The search path that a ._pth file beside the library or the executable gives, with its folder; or None."""
    stem = executable[:-len(EXE_SUFFIX)] if EXE_SUFFIX and hassuffix(executable, EXE_SUFFIX) else executable
    for place in ((library.rpartition('.')[0] or library) if nt and library else None, stem):
        lines = lines_of(place + '._pth') if place else None
        if lines is not None:
            return dirname(place), [line for line in lines if line and line[0] != '#']
    return None, None


config['executable'] = executable = find_executable()
real = realpath(real_executable or executable)
venv_prefix, venv_home = find_venv(executable)
executable_dir = executable_dir or venv_home or dirname(real)
if not config.get('base_executable'):
    config['base_executable'] = find_base_executable(executable, venv_home) if venv_home else executable

home = config.get('home') or (ENV_PYTHONHOME if use_environment else None)
pth_dir, pth_lines = (None, None) if py_setpath else path_file(executable)
if pth_lines is not None:
    use_environment = 0
    home = None
    config.update(isolated=1, use_environment=0, site_import=0, safe_path=1)

build_lines = None if venv_home or home and not nt else lines_of(joinpath(executable_dir, 'pybuilddir.txt'))
if build_lines is not None:
    build_prefix = joinpath(executable_dir, VPATH or '')
    config['_is_python_build'] = 1

prefix = exec_prefix = None
if home:
    prefix, _, exec_prefix = home.partition(DELIM)
prefix = prefix or config.get('prefix')
exec_prefix = exec_prefix or (prefix if home else config.get('exec_prefix'))
searched = build_lines is None or nt
if not prefix and searched:
    start = dirname(library) if os_name == 'darwin' and library and not venv_home else executable_dir
    prefix = nearest(start, isfile, *landmark)
if not prefix:
    prefix = PREFIX
    if searched:
        warn('Could not find platform independent libraries <prefix>')
if not exec_prefix and nt:
    exec_prefix = prefix
if not exec_prefix and searched:
    exec_prefix = nearest(executable_dir, isdir, platlibdir, versioned, 'lib-dynload')
if not exec_prefix:
    exec_prefix = EXEC_PREFIX or PREFIX
    if searched:
        warn('Could not find platform dependent libraries <exec_prefix>')

if nt:
    stdlib_dir = joinpath(prefix, 'Lib')
    platstdlib_dir = joinpath(exec_prefix, platlibdir)
    if build_lines is not None or not isdir(platstdlib_dir):
        platstdlib_dir = executable_dir
else:
    stdlib_dir = joinpath(prefix, platlibdir, versioned)
    platstdlib_dir = joinpath(exec_prefix, platlibdir, versioned, 'lib-dynload')
    if build_lines is not None:
        stdlib_dir = joinpath(build_prefix, 'Lib')
        platstdlib_dir = joinpath(executable_dir, (build_lines or [''])[0])

if pth_lines is not None:
    search = [joinpath(pth_dir, line) for line in pth_lines if not line.startswith('import ')]
    config['site_import'] = int('import site' in pth_lines)
elif py_setpath:
    search = py_setpath.split(DELIM)
else:
    given = config.get('pythonpath_env') if use_environment else None
    search = given.split(DELIM) if given else []
    compiled = [joinpath(prefix, path) for path in PYTHONPATH.split(DELIM)] if PYTHONPATH else []
    if nt:
        search += [joinpath(executable_dir, zip_name), *registered_paths(), *compiled, platstdlib_dir, stdlib_dir]
        if executable_dir not in search:
            search.append(executable_dir)
    else:
        search += [joinpath(prefix, platlibdir, zip_name), *compiled, stdlib_dir, platstdlib_dir]

if config.get('module_search_paths_set') != 1:
    config.update(module_search_paths=search, module_search_paths_set=1)
for key, value in dict(prefix=prefix, exec_prefix=exec_prefix, base_prefix=prefix, base_exec_prefix=exec_prefix,
                       stdlib_dir=stdlib_dir, platstdlib_dir=platstdlib_dir, platlibdir=platlibdir).items():
    config[key] = config.get(key) or value
)PY";

Result<Ref<>> searchCode() {
  Ref<StrObject> filename = TRY(strLiteral("<frozen getpath>"));
  return Ref<>(TRY(compileSource(kSearch, filename, {})));
}

}  // namespace

KR_EXPORT PyObject* _Py_Get_Getpath_CodeObject() { return toC(searchCode()); }

}  // namespace krait
