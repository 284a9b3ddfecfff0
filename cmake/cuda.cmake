# Turns CUDA on. Which GPUs to compile for is the user's choice, by CMAKE_CUDA_ARCHITECTURES.
set(CARTWHEEL_CUDA_RUNNER "" CACHE FILEPATH
  "Where there is no GPU: a program that runs another one, built by nvcc, on the CPU (from the PTX inside it)")

find_program(NVIDIA_SMI_PROGRAM nvidia-smi)
mark_as_advanced(NVIDIA_SMI_PROGRAM)
set(gpus "")
if(NVIDIA_SMI_PROGRAM)
  execute_process(COMMAND ${NVIDIA_SMI_PROGRAM} --list-gpus OUTPUT_VARIABLE gpus ERROR_QUIET)
endif()
if(gpus MATCHES "GPU 0")
  message(STATUS "CUDA programs run on this machine's GPU")
elseif(CARTWHEEL_CUDA_RUNNER)
  message(STATUS "No GPU: CUDA programs run under ${CARTWHEEL_CUDA_RUNNER}")
  # A runner needs PTX that it can read, and a CUDA runtime that it can replace.
  set(CMAKE_CUDA_ARCHITECTURES 75-virtual)
  set(CMAKE_CUDA_RUNTIME_LIBRARY Shared)
  add_compile_options($<$<COMPILE_LANGUAGE:CUDA>:--compress-mode=none>)
  set(cartwheel_cuda_emulator ${CARTWHEEL_CUDA_RUNNER})
else()
  message(STATUS "No GPU and no CARTWHEEL_CUDA_RUNNER: CUDA programs are built, and their tests skipped")
endif()

enable_language(CUDA)
if(CMAKE_CUDA_COMPILER_ID STREQUAL "NVIDIA" AND CMAKE_CUDA_COMPILER_VERSION VERSION_LESS 12)
  message(FATAL_ERROR "nvcc is ${CMAKE_CUDA_COMPILER_VERSION}; Cartwheel needs CUDA 12 or newer")
endif()
if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)  # CMake 3.25 does not know that nvcc has C++20
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
  set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION -std=c++20)
endif()
set(CMAKE_CUDA_STANDARD 20)
set(CMAKE_CUDA_STANDARD_REQUIRED ON)
