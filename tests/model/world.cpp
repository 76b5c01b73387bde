#include "tests/model/world.h"

#include <filesystem>

#include "postman/local_postmaster.h"

namespace model
{

using mail::ErrorKind;
using mail::OutcomeKind;
using mail::Pick;
using mail::Result;
using mail::test::Killed;
using mail::test::PowerCut;
using std::chrono::seconds;

namespace
{

constexpr const char* kState = "/state";
constexpr int kMaxDepth = 2;
constexpr int kMaxDrainRounds = 40;
constexpr std::chrono::hours kLongEnough{3};  // for every lease and every retry

mail::Error no_answer()
{
    return {ErrorKind::temporary, "no answer"};
}

}  // namespace

// --- what a courier sees

/// The postmaster over a wire that loses words.
class World::Wire final : public postman::Postmaster
{
public:
    Wire(World& world, int courier) : world_(world), courier_(courier) {}
    std::string name() const override { return "wire"; }
    Result<postman::Batch> lease(std::size_t most, seconds wait, std::stop_token stop) override;
    Result<mail::Settlement> report(const std::string& lease,
                                    const std::vector<mail::Outcome>& outcomes) override;
    Result<seconds> renew(const std::string& lease) override;
    Result<mail::Done> release(const std::string& lease) override;

private:
    bool is_word_lost()
    {
        const bool is_lost = !world_.is_healed_ && world_.chance_.one_in(12);
        world_.counts_.lost_words += is_lost;
        return is_lost;
    }
    Result<postman::Batch> granted(postman::Batch batch);

    World& world_;
    const int courier_;
};

/// The way out: accepts, defers or fails as chance has it, and notes what it got.
class World::Outlet final : public postman::DeliveryBackend
{
public:
    Outlet(World& world, int courier) : world_(world), courier_(courier) {}
    std::string name() const override { return "outlet"; }
    std::variant<std::vector<postman::Verdict>, postman::Broken> deliver(
        const mail::Record& record, const std::vector<std::string>& recipients) override;

    std::string lease;  // at work

private:
    World& world_;
    const int courier_;
};

/// One process of postman.
struct World::Run {
    Run(World& world, CourierHost& host, int courier);
    Wire wire;
    postman::NotedLeases noted;
    Outlet outlet;
    postman::Ledger ledger;
    postman::Pace pace{0, 0};
    postman::WayOut way_out;
};

struct World::CourierHost {
    mail::test::ManualClock clock;
    mail::test::MemoryFiles disk;
    std::unique_ptr<Run> run;
    bool is_busy = false;

    std::string durable_ledger() const
    {
        return disk.durable_text(std::string(kState) + "/ledger");
    }
};

World::Run::Run(World& world, CourierHost& host, int courier)
    : wire(world, courier),
      noted(wire, std::string(kState) + "/lease", host.disk),
      outlet(world, courier),
      ledger(kState, 2 * postman::kDefaultLifetime, host.disk, host.clock),
      way_out{.backend = outlet,
              .ledger = ledger,
              .pace = pace,
              .clock = host.clock,
              .chance = [&world](std::uint64_t bound) { return world.chance_.below(bound); },
              .rules = {},
              .jobs = 1}
{
}

// --- the wire

Result<postman::Batch> World::Wire::lease(std::size_t most, seconds wait, std::stop_token stop)
{
    world_.interlude();
    if (is_word_lost()) return no_answer();
    Result<postman::Batch> batch = no_answer();
    const bool is_heard = world_.on_origin([&] {
        if (auto ok = world_.hand_out_->look_again(); !ok) return;
        postman::LocalPostmaster local("local", *world_.hand_out_);
        batch = local.lease(most, wait, stop);
        if (batch) batch = granted(std::move(*batch));
    });
    const bool is_lost = is_word_lost();
    world_.interlude();
    if (!is_heard || is_lost) return no_answer();
    if (batch) world_.hosts_[courier_]->run->outlet.lease = batch->lease;
    return batch;
}

/// What was lent goes over the wire whole: the spool is not asked again.
Result<postman::Batch> World::Wire::granted(postman::Batch batch)
{
    if (batch.mails.empty()) return batch;
    std::vector<Pair> pairs;
    for (postman::HandedMail& mail : batch.mails) {
        auto record = mail.read();
        if (!record) throw Broken{"kept: a lent mail cannot be read: " + mail.id.hex()};
        for (const std::string& one : record->envelope.recipients) pairs.push_back({mail.id, one});
        mail.read = [record = *record]() -> Result<mail::Record> { return record; };
    }
    world_.witness_.lent(batch.lease, pairs, world_.origin_clock_,
                         world_.origin_clock_.boot() + batch.seconds);
    return batch;
}

Result<mail::Settlement> World::Wire::report(const std::string& lease,
                                             const std::vector<mail::Outcome>& outcomes)
{
    CourierHost& host = *world_.hosts_[courier_];
    world_.witness_.told(outcomes, host.durable_ledger(),
                         host.run->way_out.fault == postman::Fault::ledger);
    world_.interlude();
    if (is_word_lost()) return no_answer();
    Result<mail::Settlement> settlement = no_answer();
    const bool is_heard =
        world_.on_origin([&] { settlement = world_.hand_out_->settle(lease, outcomes); });
    if (!is_heard || !settlement) {
        world_.witness_.maybe_settled(lease, outcomes);
        return no_answer();
    }
    world_.witness_.settled(lease, outcomes, *settlement, world_.origin_clock_);
    const bool is_lost = is_word_lost();
    world_.interlude();
    if (is_lost) return no_answer();
    return settlement;
}

Result<seconds> World::Wire::renew(const std::string& lease)
{
    world_.interlude();
    if (is_word_lost()) return no_answer();
    Result<mail::Lease> renewed = no_answer();
    const bool is_heard =
        world_.on_origin([&] { renewed = world_.hand_out_->renew(lease, seconds(900)); });
    if (is_heard && renewed)
        world_.witness_.renewed(lease, world_.origin_clock_.boot() + seconds(900));
    if (!is_heard || is_word_lost()) return no_answer();
    if (!renewed) return std::move(renewed).error();
    return renewed->seconds;
}

Result<mail::Done> World::Wire::release(const std::string& lease)
{
    world_.interlude();
    if (is_word_lost()) return no_answer();
    Result<mail::Done> released = no_answer();
    const bool is_heard = world_.on_origin([&] { released = world_.hand_out_->release(lease); });
    world_.witness_.released(lease);
    if (!is_heard || is_word_lost()) return no_answer();
    return released;
}

std::variant<std::vector<postman::Verdict>, postman::Broken> World::Outlet::deliver(
    const mail::Record& record, const std::vector<std::string>& recipients)
{
    CourierHost& host = *world_.hosts_[courier_];
    for (const std::string& one : recipients)
        world_.witness_.delivery_begins(courier_, lease, {record.id, one}, world_.origin_clock_,
                                        host.durable_ledger());
    const auto may_be_killed = [&] {
        if (world_.is_healed_ || !world_.chance_.one_in(12)) return;
        ++world_.counts_.kills;
        throw Killed{};
    };
    may_be_killed();
    std::vector<postman::Verdict> verdicts;
    for (const std::string& one : recipients) {
        const std::uint64_t draw = world_.is_healed_ ? 0 : world_.chance_.below(10);
        const OutcomeKind kind = draw < 7   ? OutcomeKind::delivered
                                 : draw < 9 ? OutcomeKind::deferred
                                            : OutcomeKind::failed;
        if (kind == OutcomeKind::delivered) world_.witness_.accepted(courier_, {record.id, one});
        verdicts.push_back({.recipient = one, .kind = kind, .reason = "as drawn"});
    }
    may_be_killed();
    world_.interlude();
    return verdicts;
}

// --- the world

World::World(const std::string& root, std::uint64_t seed, Counts& counts)
    : root_(root), chance_(seed), counts_(counts), witness_(counts), with_journal_(seed % 2 == 0)
{
    spool_.make_real_directories = !std::filesystem::exists(root + "/state");
    spool_.syncs_half_renames = false;  // two programs sync messages/
    for (auto& host : hosts_) host = std::make_unique<CourierHost>();
    open_origin();
}

World::~World()
{
    for (auto& host : hosts_) host->run.reset();
}

void World::run()
{
    const std::uint64_t steps = 4 + chance_.below(8);
    for (std::uint64_t i = 0; i < steps; ++i) step();
    drain();
    ++counts_.schedules;
}

void World::step()
{
    origin_clock_.advance(mail::BootTime(1));
    for (auto& host : hosts_) host->clock.advance(mail::BootTime(1));
    switch (chance_.below(16)) {
        case 0:
        case 1:
        case 2:
        case 3:
            return commit();
        case 4:
        case 5:
        case 6:
        case 7:
            return round(0);
        case 8:
        case 9:
            return round(1);
        case 10:
        case 11:
            return pass_time();
        case 12:
            return jump_wall();
        case 13:
            return restart_postmaster();
        case 14:
            return chance_.one_in(2) ? cut_origin() : hold_one();
        default:
            return cut_courier(static_cast<int>(chance_.below(2)));
    }
}

void World::interlude()
{
    if (is_healed_ || depth_ >= kMaxDepth || !chance_.one_in(6)) return;
    ++depth_;
    step();
    --depth_;
}

void World::commit()
{
    std::vector<std::string> recipients = {"a@d.example"};
    if (chance_.one_in(3)) recipients.push_back("b@d.example");
    arm(spool_, true);
    on_origin([&] {
        const auto id = intake_->commit({{"s@x.example", recipients}, "Subject: x\r\n\r\nx\r\n"});
        if (id) witness_.committed(*id, recipients);
        if (id && with_journal_) in_journal_.push_back(*id);
    });
    if (with_journal_ && chance_.one_in(3)) checkpoint();
}

void World::checkpoint()
{
    arm(spool_, true);
    on_origin([&] {
        if (journaled_->checkpoint()) in_journal_.clear();
    });
}

void World::pass_time()
{
    static constexpr seconds kTimes[] = {seconds(1), seconds(60), seconds(440), seconds(901),
                                         seconds(3600)};
    const seconds time = kTimes[chance_.below(5)];
    origin_clock_.advance(time);
    for (auto& host : hosts_) host->clock.advance(time);
}

void World::jump_wall()
{
    static constexpr std::chrono::hours kJumps[] = {std::chrono::hours(1), std::chrono::hours(-1),
                                                    std::chrono::hours(24 * 3),
                                                    std::chrono::hours(-24 * 400)};
    const auto jump = kJumps[chance_.below(4)];
    const std::uint64_t whose = chance_.below(3);
    (whose == 2 ? origin_clock_ : hosts_[whose]->clock).jump_wall(jump);
}

/// Two courier processes of one host exclude each other (the lock): who is busy is left alone.
void World::round(int courier)
{
    CourierHost& host = *hosts_[courier];
    if (host.is_busy) return;
    host.is_busy = true;
    if (!host.run) host.run = std::make_unique<Run>(*this, host, courier);
    arm(host.disk, true);
    bool by_power = false, is_dead = false;
    try {
        const auto round = postman::Courier(host.run->noted, host.run->way_out).run(seconds(0), {});
        is_dead = host.run->way_out.is_broken() || chance_.one_in(2);
        static_cast<void>(round);
    } catch (const Killed&) {
        is_dead = true;
    } catch (const PowerCut&) {
        by_power = true;
    }
    if (host.disk.is_off()) by_power = true;
    host.disk.end_faults_unless_off();
    if (by_power || is_dead) end_run(courier, by_power);
    host.is_busy = false;
}

void World::end_run(int courier, bool by_power)
{
    CourierHost& host = *hosts_[courier];
    host.run.reset();
    host.disk.begin_process();
    if (by_power) {
        ++counts_.cuts;
        host.disk.restart([this](std::uint64_t bound) { return chance_.below(bound); });
        host.clock.reboot();
    }
    host.disk.end_faults();
    postman::Ledger next(kState, 2 * postman::kDefaultLifetime, host.disk, host.clock);
    if (auto ok = next.open(); !ok) throw Broken{"the ledger cannot be read"};
    witness_.courier_died(
        courier, [&](const Pair& pair) { return next.standing(pair.first, pair.second).is_done; });
}

void World::cut_courier(int courier)
{
    CourierHost& host = *hosts_[courier];
    if (!host.is_busy) end_run(courier, true);
}

/// As the gate does: a picked mail, to held/.
void World::hold_one()
{
    arm(spool_, true);
    on_origin([&] {
        if (!hand_out_->look_again()) return;
        const auto picks = hand_out_->next(1);
        if (picks.empty()) return;
        const auto record = hand_out_->read(picks[0]);
        if (!record) return hand_out_->put_back(picks);
        static_cast<void>(hand_out_->hold(picks[0], "the gate"));
    });
}

// --- the origin

void World::arm(mail::test::MemoryFiles& disk, bool may_cut)
{
    if (is_healed_ || !chance_.one_in(3)) return;
    ++counts_.faults;
    const int steps = static_cast<int>(chance_.below(12));
    switch (chance_.below(4)) {
        case 0:
            return disk.kill_after(steps);
        case 1:
            return disk.fail_after(steps, EIO);
        case 2:
            return disk.fail_after(steps, ENOSPC, chance_.one_in(2));
        default:
            if (may_cut) disk.cut_after(steps);
    }
}

bool World::on_origin(const std::function<void()>& call)
{
    if (!is_healed_ && chance_.one_in(4)) arm(spool_, true);
    bool is_heard = true, by_power = false;
    try {
        call();
    } catch (const Killed&) {
        is_heard = false;
    } catch (const PowerCut&) {
        by_power = true;
    }
    by_power = by_power || spool_.is_off();
    if (by_power) is_heard = false;
    if (!is_heard) recover_origin(by_power);
    spool_.end_faults();
    supervise();
    return is_heard;
}

void World::recover_origin(bool by_power)
{
    ++(by_power ? counts_.cuts : counts_.kills);
    intake_.reset();
    hand_out_.reset();
    if (by_power) {
        spool_.restart([this](std::uint64_t bound) { return chance_.below(bound); });
        reboot_origin();
    }
    spool_.end_faults();
    open_origin();
}

void World::reboot_origin()
{
    origin_clock_.reboot();
    witness_.rebooted();
}

void World::open_intake()
{
    const mail::DirectoryIntakeOptions spool{root_, 1, true};
    if (with_journal_) {
        auto intake = mail::JournaledIntake::open(spool, spool_, origin_clock_,
                                                  {16384, std::chrono::milliseconds(0)});
        if (!intake) throw Broken{"postoffice does not start: " + intake.error().describe()};
        journaled_ = intake->get();
        intake_ = std::move(*intake);
        witness_.may_return(in_journal_);
        in_journal_.clear();
    } else {
        auto intake = mail::DirectoryIntake::open(spool, spool_, origin_clock_);
        if (!intake) throw Broken{"postoffice does not start: " + intake.error().describe()};
        intake_ = std::move(*intake);
    }
}

void World::open_origin()
{
    spool_.begin_process();
    open_intake();
    auto hand_out = mail::DirectoryHandOut::open(
        {.root = root_, .unsafe_spool = true, .is_watched = false, .journal = {256, 2048}}, spool_,
        origin_clock_);
    if (!hand_out) throw Broken{"postmaster does not start: " + hand_out.error().describe()};
    hand_out_ = std::move(*hand_out);
}

/// What ends itself is started again.
void World::supervise()
{
    if (!intake_->is_lost() && !hand_out_->is_lost()) return;
    intake_.reset();
    hand_out_.reset();
    open_origin();
}

void World::restart_postmaster()
{
    hand_out_.reset();
    intake_.reset();
    if (!is_healed_ && chance_.one_in(3)) {
        arm(spool_, true);
        try {
            open_origin();
        } catch (const Broken&) {  // at a fault; it may refuse
        } catch (const Killed&) {
        } catch (const PowerCut&) {
        }
        const bool by_power = spool_.is_off();
        recover_origin(by_power);
        return;
    }
    open_origin();
}

void World::cut_origin()
{
    recover_origin(true);
}

// --- the end

void World::drain()
{
    is_healed_ = true;
    spool_.end_faults();
    for (int courier : {0, 1}) end_run(courier, false);
    int rounds = 0;
    const auto is_empty = [this] { return spool_.names_in(root_ + "/messages").empty(); };
    while (!is_empty() && ++rounds <= kMaxDrainRounds) {
        origin_clock_.advance(kLongEnough);
        for (auto& host : hosts_) host->clock.advance(kLongEnough);
        round(0);
    }
    if (!is_empty()) throw Broken{"kept: a mail waits for ever"};
    witness_.all_is_well([this](const mail::SpoolId& id) {
        const std::string file = "/" + id.hex() + ".json";
        return spool_.has(root_ + "/failed" + file) || spool_.has(root_ + "/held" + file);
    });
    const int repeated =
        spool_.repeated_syncs + hosts_[0]->disk.repeated_syncs + hosts_[1]->disk.repeated_syncs;
    if (repeated != 0) throw Broken{"no-resync"};
}

}  // namespace model
