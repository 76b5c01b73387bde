#include "postmaster/status_page.h"

#include <doctest/doctest.h>

#include "postmaster/html_text.h"

using namespace postmaster;

namespace
{

mail::KeptMail kept(const std::string& reason, const std::string& address = "a@b.example")
{
    mail::KeptMail mail;
    mail.id = *mail::SpoolId::parse("0123456789abcdef0123456789abcdef");
    mail.reason = reason;
    mail.recipients.push_back({address, mail::RecipientStatus::failed, "550 no such user"});
    return mail;
}

Status with_held(std::vector<mail::KeptMail> mails)
{
    Status status;
    status.situation.shelves = mail::ShelfCounts{mails.size(), 0, 0};
    status.kept = KeptShelves::Newest{std::move(mails), {}, {}};
    status.day.resize(DayCurve::kSlots);
    return status;
}

bool has(const std::string& html, std::string_view text)
{
    return html.find(text) != std::string::npos;
}

}  // namespace

TEST_SUITE("postmaster/html_text")
{
    TEST_CASE("nothing in a text is markup, ends an attribute, or turns what stands around it")
    {
        CHECK(html_text("<b a='1' c=\"2\">&amp;") ==
              "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;amp;");
        CHECK(html_text("a\xE2\x80\xAE"
                        "b\x1b[31m\r\n\xff") == "a\\u{202e}b\\x1b[31m\\x0d\\x0a\\xff");
        CHECK(html_text("Grüße") == "Grüße");
        CHECK(html_text("<<<<<<<<<<", 4) == "&lt;&lt;&lt;…");
    }
}

TEST_SUITE("postmaster/status_page")
{
    TEST_CASE("what a courier or a mail has said stands in it as text")
    {
        const std::string html = status_page(with_held(
            {kept("<script>alert(1)</script>\xE2\x80\xAE", "\"><img src=x>@evil.example")}));
        CHECK_FALSE(has(html, "<script"));
        CHECK_FALSE(has(html, "<img"));
        CHECK_FALSE(has(html, "\xE2\x80\xAE"));
        CHECK(has(html, "&lt;script&gt;alert(1)&lt;/script&gt;\\u{202e}"));
        CHECK(has(html, "&quot;&gt;&lt;img src=x&gt;@evil.example failed: 550 no such user"));
    }

    TEST_CASE("it needs nothing from elsewhere and runs nothing")
    {
        const std::string html = status_page(with_held({}));
        for (const char* foreign : {"<script", "src=", "href=", "url(", "@import", "<form",
                                    "<iframe", "http://", "https://", "javascript:"})
            CHECK_FALSE_MESSAGE(has(html, foreign), foreign);
    }

    TEST_CASE("of a full shelf it shows the newest, and says how many there are")
    {
        Status status = with_held(std::vector<mail::KeptMail>(50, kept("why")));
        status.situation.shelves->held = 100'000;
        const std::string html = status_page(status);
        CHECK(has(html, "100000, the newest 50"));
        CHECK(html.size() < 64 * 1024);
    }

    TEST_CASE("long texts and many recipients are cut")
    {
        mail::KeptMail mail = kept(std::string(100'000, 'x'), std::string(10'000, 'y'));
        mail.recipients.resize(1000, mail.recipients.front());
        const std::string html = status_page(with_held({mail}));
        CHECK(has(html, "and 995 more"));
        CHECK(html.size() < 20'000);
    }

    TEST_CASE("alarms come first, and what is not known is no zero")
    {
        Status status;
        const std::string html = status_page(status);
        CHECK(html.find("class=\"alarms\"") < html.find("class=\"states\""));
        CHECK(has(html, "<b>?</b>held"));
        CHECK(has(status_page(with_held({})), "<b>0</b>held"));
    }
}
