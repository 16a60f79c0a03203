# Profile-guided optimisation. The profile is committed (cmake/release.profdata), so that a release build stays one build;
# functions that have changed since it was taken are compiled as without one. scripts/profile.sh takes it anew.
set(KRAIT_PROFILE "use" CACHE STRING "use: the committed profile; generate: instrument; off")

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(profile ${CMAKE_SOURCE_DIR}/cmake/release.profdata)
  if(KRAIT_PROFILE STREQUAL "generate")
    set(profile_options -fprofile-generate -fprofile-update=single)
    target_link_options(krait PRIVATE -fprofile-generate)
  elseif(KRAIT_PROFILE STREQUAL "use" AND EXISTS ${profile})
    set(profile_options -fprofile-use=${profile} -Wno-profile-instr-out-of-date -Wno-profile-instr-unprofiled
                        -Wno-backend-plugin)
    set(profile_used ${profile})
  endif()
  foreach(object IN LISTS KRAIT_OBJECTS)
    target_compile_options(${object} PRIVATE ${profile_options})
    get_target_property(sources ${object} SOURCES)
    set_property(SOURCE ${sources} APPEND PROPERTY OBJECT_DEPENDS ${profile_used})  # another profile: compile anew
  endforeach()
endif()
