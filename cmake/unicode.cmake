# Builds the tables of base/unicode from the character database that Debian's unicode-data package installs.
set(KRAIT_UCD "/usr/share/unicode" CACHE PATH "Folder of the Unicode character database, 14.0.0 or later")

add_executable(unicode_tables EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tools/unicode_tables.cpp)
set_target_properties(unicode_tables PROPERTIES COMPILE_OPTIONS "-O1")

set(KRAIT_UNICODE_TABLES ${CMAKE_BINARY_DIR}/generated/unicode_tables.inc)
add_custom_command(
  OUTPUT ${KRAIT_UNICODE_TABLES}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/generated
  COMMAND unicode_tables ${KRAIT_UCD} ${CMAKE_SOURCE_DIR}/tools/unicode_3_2.txt ${KRAIT_UNICODE_TABLES}
  DEPENDS unicode_tables ${CMAKE_SOURCE_DIR}/tools/unicode_3_2.txt ${KRAIT_UCD}/UnicodeData.txt
  COMMENT "Generating the Unicode tables"
  VERBATIM)
add_custom_target(krait_unicode_tables DEPENDS ${KRAIT_UNICODE_TABLES})
add_dependencies(krait_base krait_unicode_tables)
set_property(SOURCE ${CMAKE_SOURCE_DIR}/src/base/unicode/database.cpp ${CMAKE_SOURCE_DIR}/src/base/unicode/names.cpp
             ${CMAKE_SOURCE_DIR}/src/base/unicode/normalize.cpp APPEND PROPERTY OBJECT_DEPENDS ${KRAIT_UNICODE_TABLES})
