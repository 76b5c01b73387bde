# cmake --install: where Debian expects things. The programs run as daemons or from cron, hence sbin.
# Nothing is enabled and nothing under /etc is overwritten: README.md says what to copy.
if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT)
  set(CMAKE_INSTALL_PREFIX /usr CACHE PATH "The units name /usr/sbin" FORCE)
endif()
set(MAIL_EXAMPLES ${CMAKE_INSTALL_DATAROOTDIR}/doc/postoffice/examples)
file(GLOB units systemd/*.service systemd/*.socket systemd/*.timer systemd/*.path)

install(TARGETS postoffice postmaster postman RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR})
install(FILES ${units} DESTINATION lib/systemd/system)
install(FILES systemd/sysusers.conf DESTINATION lib/sysusers.d RENAME postoffice.conf)
install(FILES systemd/tmpfiles.conf DESTINATION lib/tmpfiles.d RENAME postoffice.conf)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/postoffice)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/postoffice)
install(FILES nginx/postoffice.conf DESTINATION ${MAIL_EXAMPLES} RENAME nginx.conf)
install(FILES cron/postman DESTINATION ${MAIL_EXAMPLES} RENAME postman.cron)
install(DIRECTORY examples/ DESTINATION ${MAIL_EXAMPLES} OPTIONAL FILES_MATCHING PATTERN "*.conf")
