# The Debian package, made with `cpack -G DEB` from a build that is to be installed below /usr (preset release).
if(NOT CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  install(FILES CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
  return()
endif()

set(here ${CMAKE_CURRENT_LIST_DIR}/debian)
set(there ${PROJECT_BINARY_DIR}/packaging/debian)
configure_file(${here}/configuration.cmake.in ${there}/configuration.cmake @ONLY)
install(SCRIPT ${there}/configuration.cmake)

set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(package_version ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})
configure_file(${here}/changelog.in ${there}/changelog.Debian @ONLY)
configure_file(${PROJECT_SOURCE_DIR}/CHANGELOG.md ${there}/changelog COPYONLY)
find_program(GZIP gzip REQUIRED)
foreach(changelog IN ITEMS changelog changelog.Debian)
  add_custom_command(OUTPUT ${there}/${changelog}.gz
    COMMAND ${GZIP} -9nkf ${there}/${changelog} DEPENDS ${there}/${changelog} VERBATIM)
endforeach()
add_custom_target(package_changelogs ALL DEPENDS ${there}/changelog.Debian.gz ${there}/changelog.gz)
install(FILES ${there}/changelog.Debian.gz ${there}/changelog.gz ${here}/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${here}/lintian-overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME entsync)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME entsync)
set(CPACK_PACKAGE_CONTACT "entsync maintainers <entsync@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "synchronisation of a school directory (ENT) with AAF")
set(CPACK_PACKAGE_DESCRIPTION
"Keeps the LDAP directory of an environnement numérique de travail for primary
schools true to the national source: reads the exports of the académies (AAF),
compares them with the directory, plans what differs, holds what surprises,
applies the rest, and journals every change with its cause.")
# The configuration lies outside the prefix: everything is staged below one folder.
set(CPACK_SET_DESTDIR ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Makes the account of the service where systemd does not.
set(CPACK_DEBIAN_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS systemd)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "slapd, ldap-utils")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${here}/conffiles ${here}/postinst ${here}/prerm ${here}/postrm)
include(CPack)
