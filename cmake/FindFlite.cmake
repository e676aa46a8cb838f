# Finds Flite with US English and its voices slt and kal16. Target: Flite::flite.
find_path(Flite_INCLUDE_DIR flite/flite.h)
set(flite_required Flite_INCLUDE_DIR)
set(flite_parts flite_cmu_us_slt flite_cmu_us_kal16 flite_usenglish flite_cmulex flite)  # each needs those after it
foreach(part IN LISTS flite_parts)
  find_library(Flite_${part}_LIBRARY ${part})
  list(APPEND flite_required Flite_${part}_LIBRARY)
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Flite REQUIRED_VARS ${flite_required}
  REASON_FAILURE_MESSAGE "install flite1-dev (./run does it)")

if(Flite_FOUND AND NOT TARGET Flite::flite)
  add_library(Flite::flite INTERFACE IMPORTED GLOBAL)
  target_include_directories(Flite::flite SYSTEM INTERFACE ${Flite_INCLUDE_DIR})
  foreach(part IN LISTS flite_parts)
    target_link_libraries(Flite::flite INTERFACE ${Flite_${part}_LIBRARY})
  endforeach()
endif()
mark_as_advanced(${flite_required})
