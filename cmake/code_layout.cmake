# Where code lies in the release binary. What every start runs lies together (cmake/startup.order, written by
# scripts/startup_order.py; a name that is gone does no harm), and blocks that never ran while the profile was taken lie
# apart from the functions they belong to: the kernel maps code in pieces of 64 KiB, and a process pays for whole pieces.
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  # A local function that other files call after inlining becomes name.llvm.<path of its source>. The list has @FROM@ for
  # the way to src, which is written from the root or, by ccache with a base directory, from the build folder.
  file(READ cmake/startup.order names)
  string(REGEX REPLACE "[^A-Za-z0-9]" "_" from_root "${CMAKE_SOURCE_DIR}/")
  string(REPLACE "@FROM@" "${from_root}" absolute_names "${names}")
  string(REPLACE "@FROM@" "______" relative_names "${names}")
  string(REPLACE "\n" ";" all_names "${absolute_names}${relative_names}")
  list(REMOVE_DUPLICATES all_names)
  list(JOIN all_names "\n" all_names)
  set(startup_order ${CMAKE_BINARY_DIR}/startup.order)
  file(CONFIGURE OUTPUT ${startup_order} CONTENT "${all_names}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS cmake/startup.order)
  target_link_options(krait PRIVATE -Wl,-mllvm,-use-source-filename-for-promoted-locals
                      -Wl,-mllvm,-enable-split-machine-functions -Wl,-mllvm,-mfs-psi-cutoff=0
                      -Wl,--symbol-ordering-file=${startup_order} -Wl,--no-warn-symbol-ordering)
  set_property(TARGET krait APPEND PROPERTY LINK_DEPENDS ${startup_order})
endif()
