#include "postmaster/queue_output.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "common/base64.h"
#include "postmaster/age_table.h"
#include "postmaster/queue_list_text.h"
#include "postmaster/queue_tally.h"
#include "postmaster/queue_text.h"

namespace postmaster
{
namespace
{

/// Each line of the answer that is an object.
template <class Work>
void for_each_object(const CommandAnswer& answer, const Work& work)
{
    for (const std::string& line : answer.lines)
        if (const Json json = Json::parse(line, nullptr, false); json.is_object()) work(json);
}

class JsonLines final : public QueueOutput
{
public:
    explicit JsonLines(const OutputPlace& place) : place_(place) {}
    void take(const CommandAnswer& answer) override
    {
        for (const std::string& line : answer.lines) place_.out << line << "\n";
    }

private:
    const OutputPlace& place_;
};

/// What is told of each mail in words; of one answer at a time.
class Words final : public QueueOutput
{
public:
    Words(std::string command, const OutputPlace& place)
        : command_(std::move(command)), place_(place)
    {
    }
    void take(const CommandAnswer& answer) override
    {
        place_.out << queue_text(command_, answer, place_.style);
    }

private:
    std::string command_;
    const OutputPlace& place_;
};

class List final : public QueueOutput
{
public:
    explicit List(const OutputPlace& place) : place_(place) {}
    void take(const CommandAnswer& answer) override
    {
        for_each_object(answer, [&](const Json& mail) {
            any_ = true;
            place_.out << listed_text(mail, place_.now, place_.style);
        });
    }
    void end() override
    {
        if (!any_) place_.out << "No such mail is in the spool.\n";
    }

private:
    const OutputPlace& place_;
    bool any_ = false;
};

/// Held mail as a table, with one head however many answers it takes.
class Held final : public QueueOutput
{
public:
    explicit Held(const OutputPlace& place) : place_(place) {}
    void take(const CommandAnswer& answer) override
    {
        if (answer.lines.empty()) return;
        std::string table = queue_text("held", answer, place_.style);
        if (any_) table.erase(0, table.find('\n') + 1);
        any_ = true;
        place_.out << table;
    }
    void end() override
    {
        if (!any_) place_.out << queue_text("held", {}, place_.style);
    }

private:
    const OutputPlace& place_;
    bool any_ = false;
};

class Mailq final : public QueueOutput
{
public:
    explicit Mailq(const OutputPlace& place) : place_(place) {}
    void take(const CommandAnswer& answer) override
    {
        for_each_object(answer, [&](const Json& mail) { place_.out << mailq_text(mail); });
    }
    bool wants_complaints(const CommandAnswer& answer) const override
    {
        return answer.exit_code != 0;
    }

private:
    const OutputPlace& place_;
};

class Ages final : public QueueOutput
{
public:
    Ages(bool of_senders, const OutputPlace& place) : place_(place), table_(of_senders) {}
    void take(const CommandAnswer& answer) override
    {
        for_each_object(answer, [&](const Json& mail) { table_.add(mail, place_.now); });
    }
    void end() override { place_.out << table_.text(); }

private:
    const OutputPlace& place_;
    AgeTable table_;
};

class Stats final : public QueueOutput
{
public:
    Stats(bool as_json, const OutputPlace& place) : place_(place), as_json_(as_json) {}
    void take(const CommandAnswer& answer) override
    {
        for_each_object(answer, [&](const Json& line) { tally_.add(line); });
    }
    void end() override
    {
        if (as_json_)
            place_.out << json_line(tally_.json()) << "\n";
        else
            place_.out << tally_.text(place_.now, place_.style);
    }

private:
    const OutputPlace& place_;
    const bool as_json_;
    QueueTally tally_;
};

/// `retry all`: the numbers of all answers, in one.
class Due final : public QueueOutput
{
public:
    Due(bool as_json, const OutputPlace& place) : place_(place), as_json_(as_json) {}
    void take(const CommandAnswer& answer) override
    {
        for_each_object(answer, [&](const Json& line) { due_ += number_of(line, "due"); });
    }
    void end() override
    {
        const Json line = {{"due", due_}};
        if (as_json_)
            place_.out << json_line(line) << "\n";
        else
            place_.out << due_ << (due_ == 1 ? " deferred mail is" : " deferred mails are")
                       << " due now\n";
    }

private:
    const OutputPlace& place_;
    const bool as_json_;
    std::int64_t due_ = 0;
};

/// A mail's content: octet by octet, but on a terminal, which it must not steer.
class Content final : public QueueOutput
{
public:
    explicit Content(const OutputPlace& place) : place_(place) {}
    void take(const CommandAnswer& answer) override
    {
        for_each_object(answer, [&](const Json& piece) {
            const auto octets = mail::base64_decode(text_of(piece, "base64"));
            if (!octets) return;
            if (place_.is_terminal)
                show(*octets);
            else
                place_.out << *octets;
        });
    }

private:
    void show(std::string_view octets)
    {
        while (!octets.empty()) {
            const std::size_t end = octets.find('\n');
            std::string_view line = octets.substr(0, end);
            octets.remove_prefix(end == std::string_view::npos ? octets.size() : end + 1);
            if (line.ends_with('\r')) line.remove_suffix(1);
            place_.out << shown(line) << "\n";
        }
    }

    const OutputPlace& place_;
};

}  // namespace

std::unique_ptr<QueueOutput> make_queue_output(const CommandLine& command, const OutputPlace& place)
{
    const std::string& name = command.queue_command;
    if (name == "stats") return std::make_unique<Stats>(command.json, place);
    if (command.retries_all()) return std::make_unique<Due>(command.json, place);
    if (command.mailq) return std::make_unique<Mailq>(place);
    if (command.age) return std::make_unique<Ages>(command.by_sender, place);
    if (!command.content_form().empty()) return std::make_unique<Content>(place);
    if (command.json) return std::make_unique<JsonLines>(place);
    if (name == "list") return std::make_unique<List>(place);
    if (name == "held") return std::make_unique<Held>(place);
    return std::make_unique<Words>(name, place);
}

}  // namespace postmaster
