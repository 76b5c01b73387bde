/// The world of one schedule: an origin with its spool and two courier hosts, each with a disk that
/// can lose its power, clocks that can jump, and wires that lose requests and replies. The
/// programs' own code runs in it: DirectoryIntake, DirectoryHandOut, Courier, Carrier, Ledger. Only
/// sockets, processes and the disk are made up.
///
/// One schedule is a few steps, each drawn by chance; inside a step, at each word between two
/// programs, another step may come between.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/spool/directory_hand_out.h"
#include "common/spool/journaled_intake.h"
#include "postman/courier.h"
#include "postman/noted_leases.h"
#include "tests/model/chance.h"
#include "tests/model/witness.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"

namespace model
{

class World
{
public:
    /// root  a real directory for locks, used by one world at a time; the first makes what is in it
    World(const std::string& root, std::uint64_t seed, Counts& counts);
    ~World();

    /// Runs the schedule, heals the world, lets everything drain, and asks the witness.
    /// Throws Broken.
    void run();

private:
    class Wire;
    class Outlet;
    struct CourierHost;
    struct Run;

    // Steps.
    void step();
    void commit();
    void round(int courier);
    void pass_time();
    void jump_wall();
    void restart_postmaster();
    void cut_origin();
    void cut_courier(int courier);
    void hold_one();
    /// Something may come between two words.
    void interlude();

    // The origin.
    void open_origin();
    void open_intake();
    void checkpoint();
    void arm(mail::test::MemoryFiles& disk, bool may_cut);
    /// Runs `call` on the origin; what ends the origin there is healed. False: nobody heard the
    /// end.
    bool on_origin(const std::function<void()>& call);
    void recover_origin(bool by_power);
    void reboot_origin();
    void supervise();

    // The couriers.
    void end_run(int courier, bool by_power);
    void drain();

    std::string root_;
    Chance chance_;
    Counts& counts_;
    Witness witness_;
    mail::test::ManualClock origin_clock_;
    mail::test::MemoryFiles spool_;
    std::unique_ptr<mail::Intake> intake_;
    mail::JournaledIntake* journaled_ = nullptr;  // intake_, in every second schedule
    const bool with_journal_;
    std::vector<mail::SpoolId> in_journal_;  // committed since the last checkpoint
    std::unique_ptr<mail::DirectoryHandOut> hand_out_;
    std::unique_ptr<CourierHost> hosts_[2];
    bool is_healed_ = false;
    int depth_ = 0;
};

}  // namespace model
