"""A small operating-system simulation: tasks that pass packets to each other."""

class Packet:
    def __init__(self, kind, owner):
        self.kind = kind
        self.owner = owner
        self.hops = 0

class Task:
    def __init__(self, name, scheduler):
        self.name = name
        self.queue = []
        self.scheduler = scheduler
        self.waiting = True
        self.done = 0

    def receive(self, packet):
        self.queue.append(packet)
        self.waiting = False

    def run(self):
        raise NotImplementedError

class Worker(Task):
    def __init__(self, name, scheduler, target):
        Task.__init__(self, name, scheduler)
        self.target = target

    def run(self):
        if not self.queue:
            self.waiting = True
            return
        packet = self.queue.pop()
        packet.hops += 1
        self.done += 1
        if packet.hops < 40:
            self.scheduler.send(self.target, packet)
        else:
            self.scheduler.finished += 1

class Idle(Task):
    def __init__(self, name, scheduler, rounds):
        Task.__init__(self, name, scheduler)
        self.waiting = False
        self.rounds = rounds
        self.seed = 1

    def run(self):
        if self.rounds == 0:
            self.waiting = True
            return
        self.rounds -= 1
        self.seed = (self.seed * 5 + 3) & 0xFF
        self.scheduler.send("worker%d" % (self.seed % 4), Packet(self.seed % 3, self.name))

class Scheduler:
    def __init__(self):
        self.tasks = []
        self.by_name = {}
        self.finished = 0

    def add(self, task):
        self.tasks.append(task)
        self.by_name[task.name] = task

    def send(self, name, packet):
        self.by_name[name].receive(packet)

    def run(self):
        busy = True
        while busy:
            busy = False
            for task in self.tasks:
                if not task.waiting:
                    task.run()
                    busy = True

def simulate(rounds):
    scheduler = Scheduler()
    for i in range(4):
        scheduler.add(Worker("worker%d" % i, scheduler, "worker%d" % ((i + 1) % 4)))
    scheduler.add(Idle("idle", scheduler, rounds))
    scheduler.run()
    return scheduler.finished, sum(task.done for task in scheduler.tasks)

assert simulate(25000) == (25000, 1000000)
