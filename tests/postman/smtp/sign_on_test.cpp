#include "postman/smtp/sign_on.h"

#include <doctest/doctest.h>

#include "common/base64.h"

using namespace postman;
using smtp::Reply;
using smtp::SignOn;
using smtp::Trouble;
using Need = SignOn::Need;

namespace
{

const Reply kGreeting{220, {"mx.example ESMTP"}};
const Reply kGoAhead{220, {"2.0.0 go"}};
const Reply kWelcome{235, {"2.7.0 welcome"}};

class FixedToken final : public TokenSource
{
public:
    std::string name() const override { return "test"; }
    mail::Result<std::string> token(std::stop_token) override { return std::string("t0ken"); }
    void reject(std::string_view) override {}
};

Smarthost smarthost(const char* url)
{
    Smarthost smarthost = parse_smarthost(url).value();
    if (smarthost.user.empty()) return smarthost;
    smarthost.password = password_given("secret");
    smarthost.token = std::make_shared<FixedToken>();
    return smarthost;
}

Reply hello(std::vector<std::string> words)
{
    words.insert(words.begin(), "mx.example");
    return {250, words};
}

/// With TLS from the first byte, up to the secret.
SignOn at_secret(const Smarthost& smarthost, const std::string& offered)
{
    SignOn machine(smarthost);
    machine.on_reply(kGreeting);
    (void)machine.take_output();
    machine.on_reply(hello({offered}));
    return machine;
}

std::string in_base64(std::string_view octets)
{
    return mail::base64_encode(octets);
}

}  // namespace

TEST_SUITE("postman/smtp/sign_on")
{
    TEST_CASE("on loopback: EHLO, and no more, even where TLS is offered")
    {
        const Smarthost local = smarthost("smtp:localhost");
        SignOn machine(local);
        CHECK(machine.need() == Need::reply);
        CHECK(machine.take_output().empty());
        machine.on_reply(kGreeting);
        CHECK(machine.take_output() == "EHLO [127.0.0.1]\r\n");
        machine.on_reply(hello({"STARTTLS", "PIPELINING"}));
        CHECK(machine.need() == Need::done);
        CHECK(machine.capabilities().pipelining);
    }

    TEST_CASE("elsewhere: STARTTLS, and what was said before it is forgotten (RFC 3207 4.2)")
    {
        const Smarthost far = smarthost("smtp://web@mx.example");
        SignOn machine(far);
        machine.on_reply(kGreeting);
        (void)machine.take_output();
        machine.on_reply(hello({"STARTTLS", "AUTH PLAIN", "SIZE 1"}));
        CHECK(machine.take_output() == "STARTTLS\r\n");
        machine.on_reply(kGoAhead);
        CHECK(machine.need() == Need::tls);
        machine.on_tls();
        CHECK(machine.take_output() == "EHLO [127.0.0.1]\r\n");
        machine.on_reply(hello({"PIPELINING"}));
        CHECK(machine.need() == Need::failed);  // the PLAIN of before counts for nothing
        CHECK_FALSE(machine.capabilities().size);
    }

    TEST_CASE("no STARTTLS, no mail: neither envelope nor user is said in clear (RFC 8314)")
    {
        const Smarthost far = smarthost("smtp://web@mx.example");
        SignOn machine(far);
        machine.on_reply(kGreeting);
        (void)machine.take_output();
        machine.on_reply(hello({"AUTH PLAIN"}));
        CHECK(machine.need() == Need::failed);
        CHECK(machine.take_output().empty());
        CHECK(machine.trouble().kind == Trouble::Kind::broken);
        CHECK(machine.trouble().reason.find("no STARTTLS") != std::string::npos);
    }

    TEST_CASE("STARTTLS refused is no reason to go on without")
    {
        const Smarthost far = smarthost("smtp://mx.example");
        for (const int code : {454, 501, 250}) {
            CAPTURE(code);
            SignOn machine(far);
            machine.on_reply(kGreeting);
            machine.on_reply(hello({"STARTTLS"}));
            machine.on_reply({code, {"no"}});
            CHECK(machine.need() == Need::failed);
        }
    }

    TEST_CASE("on loopback, whoever signs in needs TLS too, mechanisms named or not")
    {
        Smarthost local = smarthost("smtp://web@localhost");
        CHECK(demands_tls(local));
        for (const Mechanism named : {Mechanism::plain, Mechanism::cram_md5}) {
            local.mechanisms = {named};
            CHECK(demands_tls(local));
            SignOn machine(local);
            machine.on_reply(kGreeting);
            (void)machine.take_output();
            SUBCASE("offered, it is used")
            {
                machine.on_reply(hello({"STARTTLS", "AUTH PLAIN CRAM-MD5"}));
                CHECK(machine.take_output() == "STARTTLS\r\n");
            }
            SUBCASE("not offered, nothing is said")
            {
                machine.on_reply(hello({"AUTH PLAIN CRAM-MD5"}));
                CHECK(machine.need() == Need::failed);
                CHECK(machine.take_output().empty());
            }
        }
        Smarthost nobody = smarthost("smtp:localhost");
        CHECK_FALSE(demands_tls(nobody));
        nobody.tls.ca = "/ca.pem";
        CHECK(demands_tls(nobody));
    }

    TEST_CASE("a server that has only HELO will do on loopback, and nowhere else")
    {
        const Smarthost local = smarthost("smtp:localhost");
        SignOn machine(local);
        machine.on_reply(kGreeting);
        machine.on_reply({502, {"no"}});
        CHECK(machine.take_output() == "HELO [127.0.0.1]\r\n");
        machine.on_reply({250, {"mx"}});
        CHECK(machine.need() == Need::done);

        const Smarthost far = smarthost("smtp://mx.example");
        SignOn strict(far);
        strict.on_reply(kGreeting);
        strict.on_reply({502, {"no"}});
        CHECK(strict.need() == Need::failed);
    }

    TEST_CASE("LMTP says LHLO (RFC 2033 4.1)")
    {
        const Smarthost local = smarthost("lmtp:/run/lmtp");
        SignOn machine(local);
        machine.on_reply(kGreeting);
        CHECK(machine.take_output() == "LHLO [127.0.0.1]\r\n");
    }

    TEST_CASE("a greeting that is none keeps the mail for another time")
    {
        const Smarthost local = smarthost("smtp:localhost");
        for (const int code : {421, 554, 250, 354}) {
            CAPTURE(code);
            SignOn machine(local);
            machine.on_reply({code, {"go away"}});
            CHECK(machine.need() == Need::failed);
            CHECK(machine.trouble().kind == Trouble::Kind::temporary);
        }
    }

    TEST_CASE("PLAIN goes with AUTH, LOGIN in two answers (RFC 4954, RFC 4616)")
    {
        Smarthost s = smarthost("smtps://web@mx.example");
        s.token = nullptr;
        SignOn plain = at_secret(s, "AUTH LOGIN PLAIN");
        REQUIRE(plain.need() == Need::secret);
        CHECK(plain.mechanism() == Mechanism::plain);
        plain.on_secret("secret");
        const std::string message("\0web\0secret", 11);
        CHECK(plain.take_output() == "AUTH PLAIN " + in_base64(message) + "\r\n");
        plain.on_reply(kWelcome);
        CHECK(plain.need() == Need::done);

        SignOn login = at_secret(s, "AUTH LOGIN");
        login.on_secret("secret");
        CHECK(login.take_output() == "AUTH LOGIN\r\n");
        login.on_reply({334, {"VXNlcm5hbWU6"}});
        CHECK(login.take_output() == in_base64("web") + "\r\n");
        login.on_reply({334, {"this is no base64"}});
        CHECK(login.take_output() == in_base64("secret") + "\r\n");
        login.on_reply(kWelcome);
        CHECK(login.need() == Need::done);
    }

    TEST_CASE("a server that says our secret back does not bring it into the log")
    {
        Smarthost s = smarthost("smtps://web@relay.example");
        s.token = nullptr;
        SignOn machine = at_secret(s, "AUTH PLAIN");
        machine.on_secret("tanstaaf");
        (void)machine.take_output();
        const auto sent = in_base64(std::string("\0web\0tanstaaf", 13));
        machine.on_reply({535, {"5.7.8 no: " + sent + " is tanstaaf, tanstaaf"}});
        REQUIRE(machine.need() == Need::failed);
        CHECK(machine.trouble().reason.find("tanstaaf") == std::string::npos);
        CHECK(machine.trouble().reason.find(sent) == std::string::npos);
        CHECK(machine.trouble().reason.find("5.7.8 no: * is *, *") != std::string::npos);
    }

    TEST_CASE("CRAM-MD5 as in RFC 2195's example")
    {
        Smarthost s = smarthost("smtps://tim@postoffice.reston.mci.net");
        s.token = nullptr;
        SignOn machine = at_secret(s, "AUTH CRAM-MD5");
        machine.on_secret("tanstaaftanstaaf");
        CHECK(machine.take_output() == "AUTH CRAM-MD5\r\n");
        machine.on_reply({334, {in_base64("<1896.697170952@postoffice.reston.mci.net>")}});
        CHECK(machine.take_output() == in_base64("tim b913a602c7eda7a495b4e6e7334d3890") + "\r\n");
        machine.on_reply(kWelcome);
        CHECK(machine.need() == Need::done);
    }

    TEST_CASE("DIGEST-MD5: a server that has not proved itself is not believed (RFC 2831 2.1.3)")
    {
        Smarthost s = smarthost("smtps://chris@elwood.innosoft.com");
        s.token = nullptr;
        SignOn machine = at_secret(s, "AUTH DIGEST-MD5");
        machine.on_secret("secret");
        (void)machine.take_output();
        machine.on_reply({334,
                          {in_base64("realm=\"elwood.innosoft.com\",nonce=\"OA6MG9tEQGm2hh\",qop="
                                     "\"auth\",algorithm=md5-sess,charset=utf-8")}});
        const auto response = machine.take_output();
        CHECK(mail::base64_decode(response.substr(0, response.size() - 2))
                  .value_or("")
                  .find("digest-uri=\"smtp/elwood.innosoft.com\"") != std::string::npos);
        SUBCASE("a grant without proof")
        {
            machine.on_reply(kWelcome);
        }
        SUBCASE("a wrong proof")
        {
            machine.on_reply({334, {in_base64("rspauth=00000000000000000000000000000000")}});
        }
        SUBCASE("no base64")
        {
            machine.on_reply({334, {"***"}});
        }
        CHECK(machine.need() == Need::failed);
    }

    TEST_CASE("XOAUTH2: one message; a refusal is acknowledged and asks for another token")
    {
        Smarthost s = smarthost("smtps://web@mx.example");
        SignOn machine = at_secret(s, "AUTH PLAIN XOAUTH2");
        REQUIRE(machine.need() == Need::secret);
        CHECK(machine.mechanism() == Mechanism::xoauth2);
        machine.on_secret("t0ken");
        CHECK(machine.take_output() == "AUTH XOAUTH2 " +
                                           in_base64("user=web\x01"
                                                     "auth=Bearer t0ken\x01\x01") +
                                           "\r\n");
        machine.on_reply({334, {in_base64("{\"status\":\"400\"}")}});
        CHECK(machine.take_output() == "\r\n");
        machine.on_reply({535, {"5.7.8 no"}});
        CHECK(machine.need() == Need::failed);
        CHECK(machine.trouble().is_token_refused);
        CHECK(machine.trouble().reason.find("t0ken") == std::string::npos);
    }

    TEST_CASE("OAUTHBEARER as RFC 7628 4 has it")
    {
        Smarthost s = smarthost("smtps://a=b,c@mx.example:587");
        SignOn machine = at_secret(s, "AUTH XOAUTH2 OAUTHBEARER");
        CHECK(machine.mechanism() == Mechanism::oauthbearer);
        machine.on_secret("t0ken");
        CHECK(machine.take_output() ==
              "AUTH OAUTHBEARER " +
                  in_base64("n,a=a=3Db=2Cc,\x01host=mx.example\x01port=587\x01"
                            "auth=Bearer "
                            "t0ken\x01\x01") +
                  "\r\n");
        machine.on_reply({334, {in_base64("{\"status\":\"invalid_token\"}")}});
        CHECK(machine.take_output() == "AQ==\r\n");
        machine.on_reply({334, {"eyJ9"}});
        CHECK(machine.need() == Need::failed);
    }

    TEST_CASE("a token too long for one line waits to be asked for (RFC 4954 4)")
    {
        Smarthost s = smarthost("smtps://web@mx.example");
        const std::string token(2000, 'x');
        SignOn machine = at_secret(s, "AUTH XOAUTH2");
        machine.on_secret(token);
        CHECK(machine.take_output() == "AUTH XOAUTH2\r\n");
        SUBCASE("asked")
        {
            machine.on_reply({334, {""}});
            CHECK(machine.take_output().size() > 2000);
            machine.on_reply(kWelcome);
            CHECK(machine.need() == Need::done);
        }
        SUBCASE("granted unseen")
        {
            machine.on_reply(kWelcome);
            CHECK(machine.need() == Need::failed);
        }
    }

    TEST_CASE(
        "EXTERNAL goes by the client certificate, with the user or an empty name (RFC 4422 A)")
    {
        Smarthost s = parse_smarthost("smtps://mx.example").value();
        s.tls.cert = "/c.pem";
        s.tls.key = "/k.pem";
        s.mechanisms = {Mechanism::external};
        SignOn machine = at_secret(s, "AUTH EXTERNAL PLAIN");
        CHECK(machine.take_output() == "AUTH EXTERNAL =\r\n");
        s.user = "web";
        SignOn named = at_secret(s, "AUTH EXTERNAL PLAIN");
        CHECK(named.take_output() == "AUTH EXTERNAL " + in_base64("web") + "\r\n");
    }

    TEST_CASE("only named mechanisms are used, and only those we have the means for")
    {
        Smarthost s = smarthost("smtps://web@mx.example");
        s.mechanisms = {Mechanism::cram_md5};
        CHECK(at_secret(s, "AUTH PLAIN LOGIN XOAUTH2").need() == Need::failed);
        s.mechanisms.clear();
        s.token = nullptr;
        s.password = nullptr;
        const SignOn machine = at_secret(s, "AUTH PLAIN LOGIN XOAUTH2 EXTERNAL GSSAPI");
        CHECK(machine.need() == Need::failed);
        CHECK(machine.trouble().reason.find("PLAIN LOGIN XOAUTH2 EXTERNAL GSSAPI") !=
              std::string::npos);
    }

    TEST_CASE("a sign-in that is refused names what to mend; one that cannot be judged waits")
    {
        Smarthost s = smarthost("smtps://web@mx.example");
        s.token = nullptr;
        const struct {
            int code;
            Trouble::Kind kind;
        } rows[] = {{535, Trouble::Kind::broken},
                    {534, Trouble::Kind::broken},
                    {454, Trouble::Kind::temporary},
                    {421, Trouble::Kind::temporary},
                    {250, Trouble::Kind::temporary}};
        for (const auto& row : rows) {
            CAPTURE(row.code);
            SignOn machine = at_secret(s, "AUTH PLAIN");
            machine.on_secret("secret");
            machine.on_reply({row.code, {"no"}});
            CHECK(machine.need() == Need::failed);
            CHECK(machine.trouble().kind == row.kind);
            CHECK(machine.trouble().reason.find("secret") == std::string::npos);
        }
    }
}
