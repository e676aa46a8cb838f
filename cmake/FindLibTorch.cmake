# Finds libtorch in a Python package of torch (or an unpacked libtorch): a folder with include/ and lib/.
# DHR_TORCH_ROOT names it; otherwise the torch of python3 on the PATH is asked.
# Targets: LibTorch::torch, and with the component CUDA LibTorch::cuda. LibTorch_VERSION is its own word.
set(DHR_TORCH_ROOT "" CACHE PATH "The folder of torch with include/ and lib/; empty: that of python3's torch")
set(libtorch_root ${DHR_TORCH_ROOT})
if(NOT libtorch_root)
  execute_process(COMMAND python3 -c "import os, torch; print(os.path.dirname(torch.__file__))"
                  OUTPUT_VARIABLE libtorch_root OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
find_path(LibTorch_INCLUDE_DIR ATen/Functions.h PATHS ${libtorch_root}/include NO_DEFAULT_PATH)
set(libtorch_required LibTorch_INCLUDE_DIR)
set(libtorch_parts c10 torch_cpu torch)
if(CUDA IN_LIST LibTorch_FIND_COMPONENTS)
  # The processor's own package has headers of c10/cuda too, but lacks this one, without which they don't compile.
  find_path(LibTorch_CUDA_INCLUDE_DIR c10/cuda/impl/cuda_cmake_macros.h PATHS ${libtorch_root}/include NO_DEFAULT_PATH)
  list(APPEND libtorch_required LibTorch_CUDA_INCLUDE_DIR)
  list(APPEND libtorch_parts c10_cuda torch_cuda)
  set(LibTorch_CUDA_FOUND TRUE)
endif()
foreach(part IN LISTS libtorch_parts)
  find_library(LibTorch_${part}_LIBRARY ${part} PATHS ${libtorch_root}/lib NO_DEFAULT_PATH)
  list(APPEND libtorch_required LibTorch_${part}_LIBRARY)
endforeach()
if(EXISTS ${libtorch_root}/version.py)
  file(STRINGS ${libtorch_root}/version.py LibTorch_VERSION REGEX "^__version__ = ")
  string(REGEX REPLACE "^__version__ = '(.*)'$" "\\1" LibTorch_VERSION "${LibTorch_VERSION}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch REQUIRED_VARS ${libtorch_required} VERSION_VAR LibTorch_VERSION HANDLE_COMPONENTS
  REASON_FAILURE_MESSAGE "pip install torch, or name its folder: -DDHR_TORCH_ROOT=FOLDER (CUDA needs a CUDA build of torch)")

if(LibTorch_FOUND AND NOT TARGET LibTorch::torch)
  foreach(part IN LISTS libtorch_parts)
    add_library(LibTorch::part_${part} SHARED IMPORTED GLOBAL)
    set_target_properties(LibTorch::part_${part} PROPERTIES
      IMPORTED_LOCATION ${LibTorch_${part}_LIBRARY}
      INTERFACE_INCLUDE_DIRECTORIES ${LibTorch_INCLUDE_DIR}
      INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${LibTorch_INCLUDE_DIR})
  endforeach()
  # They need libraries of their own packages, which they find by themselves when they are loaded; linking needs none of them.
  # Their operations are registered when they are loaded, so that they stay linked though no symbol of them is named.
  function(dhr_make_torch_target name)
    add_library(LibTorch::${name} INTERFACE IMPORTED GLOBAL)
    set(parts ${ARGN})
    list(TRANSFORM parts PREPEND LibTorch::part_)
    target_link_libraries(LibTorch::${name} INTERFACE ${parts})
    target_link_options(LibTorch::${name} INTERFACE LINKER:--no-as-needed LINKER:--unresolved-symbols=ignore-in-shared-libs)
  endfunction()
  dhr_make_torch_target(torch torch torch_cpu c10)
  if(CUDA IN_LIST LibTorch_FIND_COMPONENTS)
    dhr_make_torch_target(cuda torch_cuda c10_cuda torch torch_cpu c10)
  endif()
endif()
mark_as_advanced(LibTorch_CUDA_INCLUDE_DIR ${libtorch_required})
