# Finds the C++ Actor Framework 0.17 (Debian ships no CMake package for it).
# Components: core (always), io, openssl. Targets: CAF::core, CAF::io, CAF::openssl.
find_path(CAF_INCLUDE_DIR caf/all.hpp)
set(caf_required CAF_INCLUDE_DIR)
foreach(component IN ITEMS core ${CAF_FIND_COMPONENTS})
  if(NOT TARGET CAF::${component})
    find_library(CAF_${component}_LIBRARY caf_${component})
    list(APPEND caf_required CAF_${component}_LIBRARY)
    if(CAF_${component}_LIBRARY AND CAF_INCLUDE_DIR)
      add_library(CAF::${component} UNKNOWN IMPORTED GLOBAL)
      set_target_properties(CAF::${component} PROPERTIES
        IMPORTED_LOCATION ${CAF_${component}_LIBRARY}
        INTERFACE_INCLUDE_DIRECTORIES ${CAF_INCLUDE_DIR}
        INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${CAF_INCLUDE_DIR})
      set(CAF_${component}_FOUND TRUE)
    endif()
  else()
    set(CAF_${component}_FOUND TRUE)
  endif()
endforeach()
foreach(component IN ITEMS io openssl)
  if(TARGET CAF::${component})
    target_link_libraries(CAF::${component} INTERFACE CAF::core)
  endif()
endforeach()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CAF REQUIRED_VARS ${caf_required} HANDLE_COMPONENTS
  REASON_FAILURE_MESSAGE "install libcaf-dev (./run does it)")
