# Finds sherpa-onnx as the set-up unpacks it, below DHR_DEPS_DIR. Target: SherpaOnnx::c_api, which brings onnxruntime along.
# Only the C API: the C++ one is built with the old string ABI and does not link with ours.
find_path(SherpaOnnx_INCLUDE_DIR sherpa-onnx/c-api/c-api.h PATHS ${DHR_DEPS_DIR}/sherpa/include NO_DEFAULT_PATH)
find_library(SherpaOnnx_C_API_LIBRARY sherpa-onnx-c-api PATHS ${DHR_DEPS_DIR}/sherpa/lib NO_DEFAULT_PATH)
find_library(SherpaOnnx_ONNXRUNTIME_LIBRARY onnxruntime PATHS ${DHR_DEPS_DIR}/sherpa/lib NO_DEFAULT_PATH)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SherpaOnnx
  REQUIRED_VARS SherpaOnnx_C_API_LIBRARY SherpaOnnx_ONNXRUNTIME_LIBRARY SherpaOnnx_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "run ./run --setup-only, which fetches it")

if(SherpaOnnx_FOUND AND NOT TARGET SherpaOnnx::c_api)
  add_library(SherpaOnnx::onnxruntime SHARED IMPORTED GLOBAL)
  set_target_properties(SherpaOnnx::onnxruntime PROPERTIES IMPORTED_LOCATION ${SherpaOnnx_ONNXRUNTIME_LIBRARY})
  add_library(SherpaOnnx::c_api SHARED IMPORTED GLOBAL)
  set_target_properties(SherpaOnnx::c_api PROPERTIES
    IMPORTED_LOCATION ${SherpaOnnx_C_API_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${SherpaOnnx_INCLUDE_DIR}
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${SherpaOnnx_INCLUDE_DIR})
  target_link_libraries(SherpaOnnx::c_api INTERFACE SherpaOnnx::onnxruntime)
endif()
mark_as_advanced(SherpaOnnx_INCLUDE_DIR SherpaOnnx_C_API_LIBRARY SherpaOnnx_ONNXRUNTIME_LIBRARY)
