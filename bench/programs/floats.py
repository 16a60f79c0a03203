"""Floating point: n-body and the spectral norm."""
from math import sqrt

PLANETS = [
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 39.47841760435743],
    [4.84143144246472, -1.16032004402742, -0.10362204447112, 0.60632639299, 2.81198684491, -0.02521836165, 0.03769367],
    [8.34336671824458, 4.12479856412430, -0.40352341711435, -1.01077434617, 1.82566237123, 0.00841576137, 0.01128632],
    [12.89436956213913, -15.11115140169863, -0.22330757889265, 1.08279100644, 0.86871301816, -0.01083263740, 0.00172372],
    [15.37969711485091, -25.91931460998796, 0.17925877295037, 0.97909073224, 0.59469899865, -0.03475595526, 0.00203368],
]

def advance(bodies, dt, steps):
    pairs = [(a, b) for i, a in enumerate(bodies) for b in bodies[i + 1:]]
    for _ in range(steps):
        for a, b in pairs:
            dx, dy, dz = a[0] - b[0], a[1] - b[1], a[2] - b[2]
            distance = dx * dx + dy * dy + dz * dz
            magnitude = dt / (distance * sqrt(distance))
            ma, mb = a[6] * magnitude, b[6] * magnitude
            a[3] -= dx * mb
            a[4] -= dy * mb
            a[5] -= dz * mb
            b[3] += dx * ma
            b[4] += dy * ma
            b[5] += dz * ma
        for body in bodies:
            body[0] += dt * body[3]
            body[1] += dt * body[4]
            body[2] += dt * body[5]

def element(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)

def times(vector, entry):
    return [sum(entry(i, j) * v for j, v in enumerate(vector)) for i in range(len(vector))]

def spectral(n):
    u = [1.0] * n
    for _ in range(3):
        v = times(times(u, element), lambda i, j: element(j, i))
        u = times(times(v, element), lambda i, j: element(j, i))
    uv = sum(a * b for a, b in zip(u, v))
    return sqrt(uv / sum(b * b for b in v))

bodies = [list(planet) for planet in PLANETS]
advance(bodies, 0.01, 25000)
assert round(bodies[0][0], 6) == 0.103419
assert round(spectral(200), 4) == 1.2742
