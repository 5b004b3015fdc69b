# Both addons, as cmake-js configures them: with the headers of its Node in CMAKE_JS_INC.
execute_process(
  COMMAND node -p "require('node-addon-api').include_dir"
  WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/..
  OUTPUT_VARIABLE addon_api OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
get_filename_component(addon_api ${addon_api} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR}/..)

foreach(name ostree apt)
  add_library(${name}_addon SHARED ${${name}_sources} ${CMAKE_JS_SRC})
  set_target_properties(${name}_addon PROPERTIES PREFIX "" SUFFIX ".node" OUTPUT_NAME ${name} CXX_VISIBILITY_PRESET hidden)
  target_include_directories(${name}_addon PRIVATE . ${CMAKE_JS_INC} ${addon_api})
  target_compile_definitions(${name}_addon PRIVATE
    NAPI_VERSION=9
    NAPI_CPP_EXCEPTIONS
    NODE_ADDON_API_CPP_EXCEPTIONS_ALL
    NODE_ADDON_API_DISABLE_DEPRECATED
    NODE_ADDON_API_REQUIRE_BASIC_FINALIZERS
    NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
    GLIB_VERSION_MIN_REQUIRED=GLIB_VERSION_2_74
    G_LOG_DOMAIN="apt-ostree")
  # Neither library survives dlclose, which Node does when a worker ends.
  target_link_options(${name}_addon PRIVATE -Wl,-z,nodelete)
  target_link_libraries(${name}_addon PRIVATE ${CMAKE_JS_LIB})
endforeach()
target_link_libraries(ostree_addon PRIVATE PkgConfig::OSTREE PkgConfig::ARCHIVE)
target_link_libraries(apt_addon PRIVATE PkgConfig::APT)

add_custom_target(addons DEPENDS ostree_addon apt_addon)
