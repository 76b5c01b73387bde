#include <doctest/doctest.h>

#include "postman/accounts/authinfo.h"
#include "postman/accounts/exim_smart_hosts.h"
#include "postman/accounts/genericstable.h"
#include "postman/accounts/sender_rewrite.h"
#include "tests/postman/fakes.h"

using postman::find_authinfo;
using postman::GenericsTable;
using postman::parse_authinfo;
using postman::parse_exim_smart_hosts;

namespace
{

template <class T>
std::string fault_of(const mail::Result<T>& result)
{
    return result ? "" : result.error().step;
}

}  // namespace

TEST_SUITE("postman/authinfo")
{
    TEST_CASE("sendmail's lines are read as makemap reads them (cf/README, authinfo)")
    {
        const auto entries = parse_authinfo(
            "# /etc/mail/authinfo\n"
            "AuthInfo:smtp.gmail.com:587 \"U:root\" \"I:user\" \"P:secret\" \"M:PLAIN\"\n"
            "AuthInfo:smtp.gmail.com\t\"U:smmsp\" \"I:user@example.org\"\n  \"P=c2VjcmV0\"\n"
            "authinfo:host.more.dom \"U:only\" \"P:x y\" \"R:dom\" \"M:DIGEST-MD5 CRAM-MD5 "
            "GSSAPI\"\n"
            "AuthInfo:[192.0.2.1] \"I:a\" \"P:b\"\r\n"
            "AuthInfo: \"I:any\" \"P:c\"\n"
            "Connect:192.0.2 RELAY\n");
        REQUIRE(entries);
        REQUIRE(entries->size() == 5);
        const auto& gmail = (*entries)[0];
        CHECK(gmail.host == "smtp.gmail.com");
        CHECK(gmail.port == 587);
        CHECK(gmail.user == "user");
        CHECK(gmail.password == "secret");
        CHECK(gmail.mechanisms == "PLAIN");
        CHECK((*entries)[1].user == "user@example.org");
        CHECK((*entries)[1].password == "secret");
        CHECK((*entries)[1].port == 0);
        CHECK((*entries)[2].user == "only");
        CHECK((*entries)[2].password == "x y");
        CHECK((*entries)[2].mechanisms == "DIGEST-MD5,CRAM-MD5");
        CHECK((*entries)[3].host == "192.0.2.1");
        CHECK((*entries)[4].host == "");
    }

    TEST_CASE("a server finds its entry by port, name, domain, and last the one for all")
    {
        const auto entries = parse_authinfo(
            "AuthInfo: \"I:all\" \"P:x\"\nAuthInfo:example.com \"I:domain\" \"P:x\"\n"
            "AuthInfo:smtp.example.com \"I:host\" \"P:x\"\n"
            "AuthInfo:smtp.example.com:465 \"I:port\" \"P:x\"\n");
        REQUIRE(entries);
        CHECK(find_authinfo(*entries, "SMTP.example.com", 465)->user == "port");
        CHECK(find_authinfo(*entries, "smtp.example.com", 587)->user == "host");
        CHECK(find_authinfo(*entries, "mx.example.com", 587)->user == "domain");
        CHECK(find_authinfo(*entries, "smtp.gmail.com", 587)->user == "all");
        CHECK(find_authinfo({}, "smtp.gmail.com", 587) == nullptr);
    }

    TEST_CASE("what is wrong is told with its line and without the secret")
    {
        for (const char* text : {
                 "AuthInfo:h \"I:u\" \"P:hunter2\" \"X:y\"\n",
                 "AuthInfo:h \"I:u\" \"P:hunter2\n",
                 "AuthInfo:h I:u \"P:hunter2\"\n",
                 "AuthInfo:h \"P:hunter2\"\n",
                 "AuthInfo:h \"I:u\" \"P=hunter2\"\n",
                 "AuthInfo:h:0 \"I:u\" \"P:hunter2\"\n",
                 "AuthInfo:[h \"I:u\" \"P:hunter2\"\n",
                 "AuthInfo:h \"I:u\" \"P:hunter2\" \"M:GSSAPI\"\n",
             }) {
            CAPTURE(text);
            const auto fault = fault_of(parse_authinfo(text));
            CHECK(fault.starts_with("line 1: "));
            CHECK(fault.find("hunter2") == std::string::npos);
        }
        CHECK(fault_of(parse_authinfo("AuthInfo:h \"I:u\"\n")) != "");
        CHECK(fault_of(parse_authinfo("AuthInfo:h \"I:u\" \"M:EXTERNAL\"\n")) == "");
        CHECK(fault_of(parse_authinfo("AuthInfo:h\n")) != "");
    }
}

TEST_SUITE("postman/exim_smart_hosts")
{
    TEST_CASE("the lines of cloud_mdir_sync's Exim configuration are accounts")
    {
        const auto accounts = parse_exim_smart_hosts(
            "# one line per sender domain\n"
            "Domain.com: host=smtp.office365.com::587 helo=cms user=user@domain.com "
            "oauth=/run/cms.sock\n"
            "other.org:  host=smtp.other.org::465\n  user=web password=\"se cret\"\n"
            "*: host=relay.example\n");
        REQUIRE(accounts);
        REQUIRE(accounts->size() == 3);
        const auto& office = (*accounts)[0];
        CHECK(office.name == "domain.com");
        CHECK(office.serves == std::vector<std::string>{"domain.com"});
        CHECK(office.deliver == "smtp://smtp.office365.com:587");
        CHECK(office.helo == "cms");
        CHECK(office.user == "user@domain.com");
        CHECK(office.token == "socket:/run/cms.sock");
        CHECK((*accounts)[1].deliver == "smtps://smtp.other.org:465");
        CHECK((*accounts)[1].password == "se cret");
        CHECK((*accounts)[2].name == "*");
        CHECK((*accounts)[2].serves.empty());
        CHECK((*accounts)[2].deliver == "smtp://relay.example:587");
    }

    TEST_CASE("what is wrong is told with its line, and what was meant")
    {
        CHECK(fault_of(parse_exim_smart_hosts("x.example: hots=h\n")) ==
              "line 1: unknown name hots (did you mean host?)");
        for (const char* text :
             {"x.example: user=u password=hunter2\n", "x.example:\n", "x.example: host=a:b\n",
              "x.example: host=a::b\n", "x.example: host=h password=hunter2\n",
              "x.example: host=h user=u password=hunter2 oauth=/s\n",
              "x.example: host=h user=u password=\"hunter2\n", "u@x.example: host=h\n",
              "  host=h\n", "x.example: host=h\nX.example: host=h\n"}) {
            CAPTURE(text);
            const auto fault = fault_of(parse_exim_smart_hosts(text));
            CHECK(fault.starts_with("line "));
            CHECK(fault.find("hunter2") == std::string::npos);
        }
    }
}

TEST_SUITE("postman/genericstable")
{
    TEST_CASE("senders are looked up in sendmail's order, without case")
    {
        auto table = GenericsTable::parse(
            "root admin@shop.example\nApp@web1.internal web@shop.example\n"
            "list+*@web1.internal list+%1@shop.example\n@other.internal %1@shop.example\n"
            "bob robert\n");
        REQUIRE(table);
        table->add_domain("Web1.Internal");
        table->add_domain("other.internal");
        CHECK(table->mapped("root") == "admin@shop.example");
        CHECK(table->mapped("root@web1.internal") == "admin@shop.example");
        CHECK(table->mapped("APP@web1.INTERNAL") == "web@shop.example");
        CHECK(table->mapped("app+x@web1.internal") == "web@shop.example");
        CHECK(table->mapped("list+news@web1.internal") == "list+news@shop.example");
        CHECK(table->mapped("ann@other.internal") == "ann@shop.example");
        CHECK(table->mapped("bob@web1.internal") == "robert@web1.internal");
        CHECK(table->mapped("bob") == "robert");
        CHECK_FALSE(table->mapped("ann@web1.internal"));
        CHECK_FALSE(table->mapped("root@public.example"));
        CHECK_FALSE(table->mapped("app@sub.web1.internal"));
        CHECK_FALSE(table->mapped(""));
        table->take_entire_domains();
        CHECK(table->mapped("root@sub.web1.internal") == "admin@shop.example");
        CHECK_FALSE(table->mapped("root@notweb1.internal"));
    }

    TEST_CASE("a line of no sense is told with its number")
    {
        CHECK(fault_of(GenericsTable::parse("root\n")).starts_with("line 1: "));
        CHECK(fault_of(GenericsTable::parse("root a@b c@d\n")).starts_with("line 1: "));
        CHECK(fault_of(GenericsTable::parse("a x@y\nA x@z\n")) == "line 2: A is there twice");
    }

    TEST_CASE("the sender is rewritten in the envelope and in the fields that name him")
    {
        auto table = GenericsTable::parse("web@app.example shop@gmail.example\n");
        table->add_domain("app.example");
        auto record = postman::test::record_of(1);
        record.content =
            "DKIM-Signature: v=1; b=x;\r\n y=z\r\nFrom: \"Web, Shop\" <web@app.example>\r\n"
            "To: web@app.example\r\nReply-To: help@app.example, WEB@app.example (us)\r\n"
            "Subject: web@app.example\r\n\r\nweb@app.example\r\n";
        const auto changed = postman::with_generic_senders(record, *table);
        REQUIRE(changed);
        CHECK(changed->envelope.reverse_path == "shop@gmail.example");
        CHECK(changed->envelope.recipients == record.envelope.recipients);
        CHECK(changed->content ==
              "From: \"Web, Shop\" <shop@gmail.example>\r\n"
              "To: web@app.example\r\nReply-To: help@app.example, shop@gmail.example (us)\r\n"
              "Subject: web@app.example\r\n\r\nweb@app.example\r\n");
        record.envelope.reverse_path = "ann@app.example";
        record.content = "DKIM-Signature: x\r\nFrom: ann@app.example\r\n\r\n";
        CHECK_FALSE(postman::with_generic_senders(record, *table));
    }
}
