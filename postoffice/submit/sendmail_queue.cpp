#include "postoffice/submit/sendmail_queue.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "common/clock.h"
#include "common/http/descriptor.h"
#include "common/log.h"
#include "common/nullmailer/queue_directory.h"
#include "postoffice/submit/caller_world.h"
#include "postoffice/submit/keep_in_queue.h"
#include "postoffice/submit/preparation.h"
#include "postoffice/submit/submitter.h"
#include "postoffice/submit/url_way.h"

namespace postoffice::submit
{
namespace
{

namespace log = mail::log;
using mail::Done;
using mail::Error;
using mail::ErrorKind;
using mail::Result;
using mail::nullmailer::QueueDirectory;
using mail::nullmailer::QueuedMail;

constexpr std::uint64_t kMaxKeyBytes = 200;

/// In a queue that every user may write to, a key counts only from whom the mail is from.
bool have_one_owner(const std::string& a, const std::string& b)
{
    struct stat first {
    }, second{};
    return ::lstat(a.c_str(), &first) == 0 && ::lstat(b.c_str(), &second) == 0 &&
           first.st_uid == second.st_uid;
}

/// Anybody may have written it, or a full disk cut it short.
bool is_key(std::string_view text)
{
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

/// Of a queued mail: that of the try before, else one of the file itself, the same in each run.
std::string key_of(const std::string& queue, const QueuedMail& mail)
{
    const std::string path = key_path(queue, mail.name);
    const auto kept = mail::system_files().read_all(path, kMaxKeyBytes);
    const std::string key = kept ? kept->substr(0, kept->find('\n')) : std::string();
    if (is_key(key) && have_one_owner(path, queue + "/" + mail.name)) return key;
    return mail::sha256_hex("queued " + mail.id.hex() + mail::sha256_hex(mail.content))
        .substr(0, 32);
}

/// nullmailer-send holds the reading end of the trigger FIFO as long as it runs.
bool is_nullmailer_at_work(const std::string& queue)
{
    const std::string trigger = queue.substr(0, queue.rfind('/')) + "/trigger";
    const mail::http::Descriptor writer(
        ::open(trigger.c_str(), O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
    return writer.get() >= 0;  // ENXIO: nobody reads
}

void configure_log(const Settings& settings)
{
    log::Options options;
    options.program = "sendmail";
    options.syslog = settings.syslog;
    options.timestamps = !environment("JOURNAL_STREAM");
    log::configure(options);
}

/// The directory itself, as `postman pickup` takes it. Where every user may write, every user may
/// lock, too: there it is failed/ beside it, which is the runner's alone.
std::string place_of_lock(const std::string& queue)
{
    struct stat status {
    };
    if (::stat(queue.c_str(), &status) != 0 || (status.st_mode & S_IWOTH) == 0) return queue;
    const std::string failed = queue.substr(0, queue.rfind('/')) + "/failed";
    return mail::system_files().make_dir(failed) ? failed : queue;
}

class QueueRun
{
public:
    explicit QueueRun(const Settings& settings)
        : queue_(settings.queue),
          directory_(settings.queue, mail::system_files(), mail::system_clock(),
                     mail::nullmailer::system_writers),
          submitter_(settings, send_by_url)
    {
    }

    int run()
    {
        const auto names = directory_.names();
        if (!names) return unusable(names.error());
        for (const std::string& name : *names) {
            send(name);
            if (nobody_answers_) break;
        }
        remove_orphans();
        return is_something_left_ ? mail::kExitTemporary : 0;
    }

    int run_one(const std::string& name)
    {
        const bool is_name = name.find('/') == std::string::npos && !name.starts_with('.');
        if (!is_name || !mail::system_files().status(queue_ + "/" + name)) {
            log::error("queue unusable", {{"reason", "no such mail: " + name}});
            return mail::kExitNoInput;
        }
        send(name);
        return is_something_left_ ? mail::kExitTemporary : 0;
    }

private:
    static int unusable(const Error& error)
    {
        log::error("queue unusable", {{"reason", error.describe()}});
        return mail::kExitTemporary;
    }

    void leave(const std::string& name, const std::string& reason)
    {
        is_something_left_ = true;
        log::warning("queued mail left", {{"file", name}, {"reason", reason}});
    }

    void send(const std::string& name)
    {
        auto mail = directory_.read(name);
        if (!mail && mail.error().kind == ErrorKind::missing) return;
        if (!mail) return leave(name, mail.error().describe());
        // Whoever may write into the queue may write anything.
        if (const std::string fault = envelope_fault(mail->envelope); !fault.empty())
            return refused(name, fault);
        mail::Record record;
        record.id = mail->id;
        record.envelope = mail->envelope;
        record.content = std::move(mail->content);
        mail->content = record.content;
        const Handover handover = submitter_.submit(record, key_of(queue_, *mail));
        if (handover.kind == Handover::Kind::accepted) return accepted(name, handover);
        if (handover.kind == Handover::Kind::refused) return refused(name, handover.reason);
        nobody_answers_ = !handover.is_of_mail;
        leave(name, handover.reason);
    }

    void accepted(const std::string& name, const Handover& handover)
    {
        log::info("queued mail sent", {{"file", name}, {"id", handover.id}});
        if (const auto ok = directory_.remove(name); !ok) return leave(name, ok.error().describe());
        forget_key(name);
    }

    void refused(const std::string& name, const std::string& reason)
    {
        log::error("queued mail refused", {{"file", name}, {"reason", reason}});
        auto ok = directory_.make_failed_dir();
        if (ok) ok = directory_.bury(name);
        if (!ok) return leave(name, ok.error().describe());
        forget_key(name);
    }

    void forget_key(const std::string& name)
    {
        static_cast<void>(mail::system_files().unlink(key_path(queue_, name)));
    }

    /// Keys of mails that somebody else took out of the queue.
    void remove_orphans()
    {
        std::vector<std::string> names;
        static_cast<void>(mail::system_files().list(queue_, [&names](std::string_view name) {
            if (name.starts_with('.') && name.ends_with(".key"))
                names.emplace_back(name.substr(1, name.size() - 5));
        }));
        for (const std::string& name : names) {
            const auto status = mail::system_files().status(queue_ + "/" + name);
            if (!status && status.error().kind == ErrorKind::missing) forget_key(name);
        }
    }

    const std::string& queue_;
    QueueDirectory directory_;
    Submitter submitter_;
    bool nobody_answers_ = false;
    bool is_something_left_ = false;
};

}  // namespace

int run_queue(const Settings& settings, const std::string& name)
{
    if (settings.queue.empty()) return 0;  // as many call it who do not know of one
    configure_log(settings);
    const std::string place = place_of_lock(settings.queue);
    const mail::http::Descriptor directory(
        ::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0) {
        log::error("queue unusable",
                   {{"reason", Error{ErrorKind::temporary, place, errno}.describe()}});
        return mail::kExitNoInput;
    }
    if (::flock(directory.get(), LOCK_EX | LOCK_NB) != 0) {
        log::info("queue run already", {{"queue", settings.queue}});
        return 0;
    }
    if (is_nullmailer_at_work(settings.queue)) {
        log::error("queue unusable",
                   {{"reason", "nullmailer-send works on this queue: let it send the mails"}});
        return mail::kExitConfiguration;
    }
    QueueRun run(settings);
    return name.empty() ? run.run() : run.run_one(name);
}

}  // namespace postoffice::submit
