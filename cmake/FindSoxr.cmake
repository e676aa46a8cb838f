# Finds the SoX resampler. Target: Soxr::soxr, always the shared library (LGPL-2.1).
find_path(Soxr_INCLUDE_DIR soxr.h)
find_library(Soxr_LIBRARY NAMES libsoxr.so)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Soxr REQUIRED_VARS Soxr_LIBRARY Soxr_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "install libsoxr-dev (./run does it)")

if(Soxr_FOUND AND NOT TARGET Soxr::soxr)
  add_library(Soxr::soxr SHARED IMPORTED GLOBAL)
  set_target_properties(Soxr::soxr PROPERTIES
    IMPORTED_LOCATION ${Soxr_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${Soxr_INCLUDE_DIR}
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${Soxr_INCLUDE_DIR})
endif()
mark_as_advanced(Soxr_INCLUDE_DIR Soxr_LIBRARY)
