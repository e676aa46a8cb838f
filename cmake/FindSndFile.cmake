# Finds libsndfile. Target: SndFile::sndfile, always the shared library (LGPL-2.1).
find_path(SndFile_INCLUDE_DIR sndfile.h)
find_library(SndFile_LIBRARY NAMES libsndfile.so)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SndFile REQUIRED_VARS SndFile_LIBRARY SndFile_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "install libsndfile1-dev (./run does it)")

if(SndFile_FOUND AND NOT TARGET SndFile::sndfile)
  add_library(SndFile::sndfile SHARED IMPORTED GLOBAL)
  set_target_properties(SndFile::sndfile PROPERTIES
    IMPORTED_LOCATION ${SndFile_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${SndFile_INCLUDE_DIR}
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${SndFile_INCLUDE_DIR})
endif()
mark_as_advanced(SndFile_INCLUDE_DIR SndFile_LIBRARY)
