# Finds llama.cpp as the set-up installs it, below DHR_DEPS_DIR. Target: Llama::llama (libllama and ggml).
# The targets hold full paths of shared libraries, so CMake gives each program a run path to them: no LD_LIBRARY_PATH.
find_path(Llama_INCLUDE_DIR llama.h PATHS ${DHR_DEPS_DIR}/llama/include NO_DEFAULT_PATH)
set(llama_required Llama_INCLUDE_DIR)
foreach(part IN ITEMS ggml-base ggml-cpu ggml llama)
  find_library(Llama_${part}_LIBRARY ${part} PATHS ${DHR_DEPS_DIR}/llama/lib NO_DEFAULT_PATH)
  list(APPEND llama_required Llama_${part}_LIBRARY)
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Llama REQUIRED_VARS ${llama_required}
  REASON_FAILURE_MESSAGE "run ./run --setup-only, which builds it")

if(Llama_FOUND AND NOT TARGET Llama::llama)
  foreach(part IN ITEMS ggml-base ggml-cpu ggml llama)
    add_library(Llama::${part} SHARED IMPORTED GLOBAL)
    set_target_properties(Llama::${part} PROPERTIES
      IMPORTED_LOCATION ${Llama_${part}_LIBRARY}
      INTERFACE_INCLUDE_DIRECTORIES ${Llama_INCLUDE_DIR}
      INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${Llama_INCLUDE_DIR})
  endforeach()
  target_link_libraries(Llama::ggml INTERFACE Llama::ggml-cpu Llama::ggml-base)
  target_link_libraries(Llama::llama INTERFACE Llama::ggml)
endif()
mark_as_advanced(${llama_required})
