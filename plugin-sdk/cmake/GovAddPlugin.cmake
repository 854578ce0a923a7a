# gov_add_plugin(NAME SOURCES... [LIBRARIES ...] [STATIC_RUNTIME])
#
# Builds NAME.so, a govhost plugin: no "lib" prefix, one exported symbol, everything bound at load.
# STATIC_RUNTIME links libstdc++ and libgcc in, for binaries that must run where the distribution's
# are older than the compiler's.
include_guard(GLOBAL)

set(GOV_PLUGIN_MAP "${CMAKE_CURRENT_LIST_DIR}/plugin.map" CACHE INTERNAL "export list of plugins")

function(gov_add_plugin name)
  cmake_parse_arguments(arg "STATIC_RUNTIME" "" "SOURCES;LIBRARIES" ${ARGN})
  list(APPEND arg_SOURCES ${arg_UNPARSED_ARGUMENTS})
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "gov_add_plugin(${name}): name at least one source file")
  endif()

  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE gov::plugin-sdk ${arg_LIBRARIES})
  target_compile_features(${name} PRIVATE cxx_std_20)
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so"
    POSITION_INDEPENDENT_CODE ON
    C_VISIBILITY_PRESET hidden
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS "${GOV_PLUGIN_MAP}")
  target_link_options(${name} PRIVATE
    "-Wl,--version-script=${GOV_PLUGIN_MAP}" -Wl,-z,now -Wl,-z,relro -Wl,-z,noexecstack)
  # Sanitizer runtimes live in the executable, so a module built with them has undefined symbols.
  get_directory_property(link_options LINK_OPTIONS)
  set(flags ${CMAKE_CXX_FLAGS} ${CMAKE_SHARED_LINKER_FLAGS} ${CMAKE_MODULE_LINKER_FLAGS}
    ${link_options})
  if(NOT "${flags}" MATCHES "-fsanitize")
    target_link_options(${name} PRIVATE -Wl,-z,defs)
  endif()
  if(arg_STATIC_RUNTIME)
    target_link_options(${name} PRIVATE -static-libstdc++ -static-libgcc)
  endif()
endfunction()
