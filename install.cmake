# cmake --install: where Debian expects things. The programs run as daemons or from cron, hence sbin.
# Nothing is enabled, and nothing is written under /etc: only the packages do that (packaging/).
#
# The components are the packages: common, postoffice, postmaster, postman, sendmail. The delivery host gets nothing
# but its own: no spool, no user of the spool. What names no component is common.
if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT)
  set(CMAKE_INSTALL_PREFIX /usr CACHE PATH "The units name /usr/sbin" FORCE)
endif()
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME common)
set(MAIL_DOC ${CMAKE_INSTALL_DATAROOTDIR}/doc/postoffice)
set(MAIL_EXAMPLES ${MAIL_DOC}/examples)

foreach(program postoffice postmaster postman)
  file(GLOB units CONFIGURE_DEPENDS systemd/${program}*.service systemd/${program}*.socket systemd/${program}*.timer
    systemd/${program}*.path)
  list(FILTER units EXCLUDE REGEX "/postoffice-sendmail\\.")
  install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR} COMPONENT ${program})
  install(FILES ${units} DESTINATION lib/systemd/system COMPONENT ${program})
  install(FILES ${CMAKE_BINARY_DIR}/manuals/${program}.conf DESTINATION ${MAIL_EXAMPLES} COMPONENT ${program})
endforeach()

function(mail_install_user name component)
  install(FILES systemd/sysusers.d/${name}.conf DESTINATION lib/sysusers.d COMPONENT ${component})
  install(FILES systemd/tmpfiles.d/${name}.conf DESTINATION lib/tmpfiles.d COMPONENT ${component})
endfunction()
mail_install_user(postoffice common)
mail_install_user(postman postman)

install(TARGETS postoffice_sendmail RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR} COMPONENT postoffice)
# The units of `postoffice sendmail`, and the room for its queue. The names sendmail, mailq and newaliases come with its package.
install(FILES systemd/postoffice-sendmail.service systemd/postoffice-sendmail.timer DESTINATION lib/systemd/system
  COMPONENT sendmail)
install(FILES systemd/tmpfiles.d/postoffice-sendmail.conf DESTINATION lib/tmpfiles.d COMPONENT sendmail)

install(FILES nginx/postoffice.conf DESTINATION ${MAIL_EXAMPLES} RENAME nginx.conf COMPONENT postmaster)
install(FILES nginx/postoffice-intake.conf DESTINATION ${MAIL_EXAMPLES} RENAME nginx-intake.conf COMPONENT postoffice)
install(FILES cron/postman DESTINATION ${MAIL_EXAMPLES} RENAME postman.cron COMPONENT postman)
install(FILES examples/accounts.conf examples/exim4-oauth.conf examples/msmtp-oauth.conf
  DESTINATION ${MAIL_EXAMPLES} COMPONENT postman)
# All that is nobody's own.
install(DIRECTORY examples/ DESTINATION ${MAIL_EXAMPLES} COMPONENT common
  REGEX "/examples/(postoffice|postmaster|postman|accounts|exim4-oauth|msmtp-oauth)\\.conf$" EXCLUDE)

# For applications: standard library only, so a directory on PYTHONPATH is enough.
install(DIRECTORY clients DESTINATION ${MAIL_DOC} COMPONENT common PATTERN __pycache__ EXCLUDE)

# The courier's pages go with the courier.
set(courier_pages docs/ledger.md docs/oauth.md docs/sending-alone.md docs/ways-out.md docs/ways-out-smtp.md)
file(GLOB other_pages CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} docs/*)
list(REMOVE_ITEM other_pages ${courier_pages})
install(FILES README.md CHANGELOG.md DESTINATION ${MAIL_DOC} COMPONENT common)
install(FILES ${other_pages} DESTINATION ${MAIL_DOC}/docs COMPONENT common)
install(FILES ${courier_pages} DESTINATION ${MAIL_DOC}/docs COMPONENT postman)
# The packages have Debian's copyright file in its place.
install(FILES LICENSE DESTINATION ${MAIL_DOC} COMPONENT license)
