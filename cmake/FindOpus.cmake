# Finds the Opus codec. Target: Opus::opus.
find_path(Opus_INCLUDE_DIR opus.h PATH_SUFFIXES opus)
find_library(Opus_LIBRARY NAMES libopus.so)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Opus REQUIRED_VARS Opus_LIBRARY Opus_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "install libopus-dev (./run does it)")

if(Opus_FOUND AND NOT TARGET Opus::opus)
  add_library(Opus::opus SHARED IMPORTED GLOBAL)
  set_target_properties(Opus::opus PROPERTIES
    IMPORTED_LOCATION ${Opus_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${Opus_INCLUDE_DIR}
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${Opus_INCLUDE_DIR})
endif()
mark_as_advanced(Opus_INCLUDE_DIR Opus_LIBRARY)
