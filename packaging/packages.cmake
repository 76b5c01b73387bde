# cpack makes five Debian packages, one of each component of install.cmake. scripts/package calls it.
#
# Who packages: DEBFULLNAME and DEBEMAIL, as for Debian's own tools.
set(MAIL_PACKAGE_RELEASE 1)
set(MAIL_PACKAGE_MAINTAINER "PostOffice maintainers <maintainers@example.org>")
if(DEFINED ENV{DEBEMAIL})
  set(name "PostOffice maintainers")
  if(DEFINED ENV{DEBFULLNAME})
    set(name "$ENV{DEBFULLNAME}")
  endif()
  set(MAIL_PACKAGE_MAINTAINER "${name} <$ENV{DEBEMAIL}>")
endif()
set(MAIL_PACKAGE_DATE "Mon, 30 Nov 2026 12:00:00 +0000")
set(MAIL_PACKAGES common postoffice postmaster postman sendmail)
set(debian ${PROJECT_SOURCE_DIR}/packaging/debian)

# What only packages have: their files of Debian's, and the configuration under /etc.
find_program(GZIP_PROGRAM gzip REQUIRED)
set(changelog ${CMAKE_BINARY_DIR}/packaging/changelog.Debian)
configure_file(${debian}/changelog.in ${changelog} @ONLY)
execute_process(COMMAND ${GZIP_PROGRAM} -9nfk ${changelog} COMMAND_ERROR_IS_FATAL ANY)
foreach(component IN LISTS MAIL_PACKAGES)
  set(package ${component})
  if(component STREQUAL common)
    set(package postoffice-common)
  elseif(component STREQUAL sendmail)
    set(package postoffice-sendmail)
    install(FILES examples/sendmail.conf DESTINATION /etc/postoffice COMPONENT sendmail EXCLUDE_FROM_ALL)
    file(WRITE ${CMAKE_BINARY_DIR}/packaging/sendmail/conffiles "/etc/postoffice/sendmail.conf\n")
  else()
    install(FILES ${CMAKE_BINARY_DIR}/manuals/${component}.conf DESTINATION /etc/postoffice COMPONENT ${component} EXCLUDE_FROM_ALL)
    file(WRITE ${CMAKE_BINARY_DIR}/packaging/${component}/conffiles "/etc/postoffice/${component}.conf\n")
  endif()
  install(FILES ${debian}/copyright ${changelog}.gz DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/${package}
    COMPONENT ${component} EXCLUDE_FROM_ALL)
  if(EXISTS ${debian}/${package}/lintian-overrides)
    install(FILES ${debian}/${package}/lintian-overrides DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/lintian/overrides
      RENAME ${package} COMPONENT ${component} EXCLUDE_FROM_ALL)
  endif()
  file(GLOB control ${debian}/${package}/postinst ${debian}/${package}/prerm ${debian}/${package}/postrm
    ${CMAKE_BINARY_DIR}/packaging/${component}/conffiles)
  string(TOUPPER ${component} COMPONENT)
  set(CPACK_DEBIAN_${COMPONENT}_PACKAGE_NAME ${package})
  set(CPACK_DEBIAN_${COMPONENT}_PACKAGE_CONTROL_EXTRA "${control}")
  set(CPACK_DEBIAN_${COMPONENT}_PACKAGE_SECTION mail)
endforeach()

# The names that applications call. Only the package has them: they are the host's mail server's.
# mail_link(FILE TARGET DIRECTORY)
function(mail_link file target directory)
  set(links ${CMAKE_BINARY_DIR}/packaging/links/${directory})
  file(MAKE_DIRECTORY ${links})
  file(CREATE_LINK ${target} ${links}/${file} SYMBOLIC)
  install(FILES ${links}/${file} DESTINATION ${directory} COMPONENT sendmail EXCLUDE_FROM_ALL)
endfunction()
mail_link(sendmail postoffice-sendmail sbin)
mail_link(sendmail ../sbin/sendmail lib)
mail_link(mailq ../sbin/sendmail bin)
mail_link(newaliases ../sbin/sendmail bin)
mail_link(sendmail.8.gz postoffice-sendmail.8.gz share/man/man8)
mail_link(mailq.1.gz ../man8/postoffice-sendmail.8.gz share/man/man1)
mail_link(newaliases.1.gz ../man8/postoffice-sendmail.8.gz share/man/man1)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME postoffice)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # or it would stand before each package's own
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_DEBIAN_PACKAGE_RELEASE ${MAIL_PACKAGE_RELEASE})
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${MAIL_PACKAGE_MAINTAINER}")
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL ${MAIL_PACKAGES})
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_SET_DESTDIR ON)  # /etc lies outside of the prefix
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
  WORLD_READ WORLD_EXECUTE)

set(version ${PROJECT_VERSION}-${MAIL_PACKAGE_RELEASE})
set(makes_users "systemd | systemd-standalone-sysusers | systemd-sysusers, systemd | systemd-standalone-tmpfiles | systemd-tmpfiles")

set(CPACK_DEBIAN_COMMON_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_COMMON_PACKAGE_DEPENDS "${makes_users}")
set(CPACK_DEBIAN_COMMON_DESCRIPTION "mail out of a hidden server, the spool and its user
PostOffice carries mail out of a server whose address must not show. A
catcher takes the mail, an endpoint hands it out, and a courier on another
host fetches and delivers it.

This package has what catcher and endpoint share: the user, the spool
directory, the documentation and the manuals of the whole.")

set(CPACK_DEBIAN_POSTOFFICE_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_POSTOFFICE_PACKAGE_DEPENDS "postoffice-common (= ${version})")
set(CPACK_DEBIAN_POSTOFFICE_PACKAGE_SUGGESTS "nullmailer, postmaster")
set(CPACK_DEBIAN_POSTOFFICE_DESCRIPTION "mail out of a hidden server, the catcher
PostOffice carries mail out of a server whose address must not show. A
catcher takes the mail, an endpoint hands it out, and a courier on another
host fetches and delivers it.

This package has the catcher: it takes mail over SMTP, on loopback unless
told otherwise, and makes each one durable before it says that it has it.
It is no mail server and conflicts with none.")

set(CPACK_DEBIAN_POSTMASTER_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_POSTMASTER_PACKAGE_DEPENDS "postoffice-common (= ${version})")
set(CPACK_DEBIAN_POSTMASTER_PACKAGE_RECOMMENDS nginx)
set(CPACK_DEBIAN_POSTMASTER_PACKAGE_SUGGESTS "apache2-utils, postoffice")
set(CPACK_DEBIAN_POSTMASTER_DESCRIPTION "mail out of a hidden server, the endpoint
PostOffice carries mail out of a server whose address must not show. A
catcher takes the mail, an endpoint hands it out, and a courier on another
host fetches and delivers it.

This package has the endpoint: behind nginx it lends mail to the courier.
What shows the server is taken out, and what cannot be cleaned is held.
It has the operator's commands, too.")

set(CPACK_DEBIAN_POSTMAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_POSTMAN_PACKAGE_DEPENDS "ca-certificates, ${makes_users}")
set(CPACK_DEBIAN_POSTMAN_PACKAGE_RECOMMENDS "default-mta | mail-transport-agent")
set(CPACK_DEBIAN_POSTMAN_PACKAGE_SUGGESTS "cron-daemon, postoffice-common")
set(CPACK_DEBIAN_POSTMAN_DESCRIPTION "mail out of a hidden server, the courier
PostOffice carries mail out of a server whose address must not show. A
catcher takes the mail, an endpoint hands it out, and a courier on another
host fetches and delivers it.

This package has the courier, for the host that delivers: it fetches over
HTTPS and delivers through the local mail server, into a Maildir, or to a
smarthost. Alone it sends a host's own mail through a provider.")

set(CPACK_DEBIAN_SENDMAIL_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_SENDMAIL_PACKAGE_DEPENDS "postoffice (>= ${version}), ${makes_users}")
set(CPACK_DEBIAN_SENDMAIL_PACKAGE_PROVIDES mail-transport-agent)
set(CPACK_DEBIAN_SENDMAIL_PACKAGE_CONFLICTS mail-transport-agent)
set(CPACK_DEBIAN_SENDMAIL_PACKAGE_REPLACES mail-transport-agent)
set(CPACK_DEBIAN_SENDMAIL_DESCRIPTION "mail out of a hidden server, its sendmail
PostOffice carries mail out of a server whose address must not show. A
catcher takes the mail, an endpoint hands it out, and a courier on another
host fetches and delivers it.

This package gives the origin side the names that applications call:
sendmail, mailq and newaliases. They hand mail to the catcher, and keep
what it cannot take now. It stands in a mail server's place.")
include(CPack)
