# Code for cards is left out of ordinary builds: DHR_TORCH builds gpu/torch with the torch that it finds (on the processor alone
# if that is a build for it), DHR_CUDA the kernels with nvcc as well.
option(DHR_CUDA "Build what runs on NVIDIA cards: needs nvcc 13 and a CUDA build of torch" OFF)
option(DHR_TORCH "Build gpu/torch: needs libtorch, see DHR_TORCH_ROOT" ${DHR_CUDA})
if(DHR_CUDA)
  if(NOT DHR_TORCH)
    message(FATAL_ERROR "DHR_CUDA needs DHR_TORCH: leave DHR_TORCH out, or set it to ON")
  endif()
  # Turing, Ampere, Ada, Hopper and Blackwell as machine code; what comes later compiles the last one's PTX when it starts.
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES 75-real 80-real 89-real 90-real 100)
  endif()
  set(CMAKE_CUDA_STANDARD 17)  # CMake 3.25 knows no flag of nvcc 13 for more
  set(CMAKE_CUDA_STANDARD_REQUIRED ON)
  set(CMAKE_CUDA_EXTENSIONS OFF)
  set(CMAKE_CUDA_RUNTIME_LIBRARY Shared)  # one with torch's
  enable_language(CUDA)
  find_package(CUDAToolkit 12.4 REQUIRED)
endif()
