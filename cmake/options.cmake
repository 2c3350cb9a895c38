# Compiler options of every target of the project, as the interface library entsync_options.
add_library(entsync_options INTERFACE)
target_compile_options(entsync_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wnull-dereference
  -Wimplicit-fallthrough -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False positives of g++ 12 in optimised and sanitized builds of standard library code.
  target_compile_options(entsync_options INTERFACE
    -Wno-null-dereference -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow
    -Wno-stringop-overread -Wno-array-bounds -Wno-dangling-pointer
    -Wno-mismatched-new-delete)
  if(CMAKE_UNITY_BUILD)
    # Coroutine frames hold lambdas of their source file; in a unity build g++ takes them for a header's.
    target_compile_options(entsync_options INTERFACE -Wno-subobject-linkage)
  endif()
endif()
target_compile_definitions(entsync_options INTERFACE
  $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
target_include_directories(entsync_options INTERFACE ${PROJECT_SOURCE_DIR})

if(ENTSYNC_SANITIZE)
  target_compile_options(entsync_options INTERFACE
    -fsanitize=${ENTSYNC_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(entsync_options INTERFACE -fsanitize=${ENTSYNC_SANITIZE})
  if(ENTSYNC_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Boost.Asio uses fences that TSan does not model; g++ warns of each.
    target_compile_options(entsync_options INTERFACE -Wno-tsan)
  endif()
elseif(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo" OR CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_definitions(entsync_options INTERFACE _FORTIFY_SOURCE=2 _GLIBCXX_ASSERTIONS)
  target_compile_options(entsync_options INTERFACE -fstack-protector-strong)
  target_link_options(entsync_options INTERFACE LINKER:-z,relro,-z,now)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
