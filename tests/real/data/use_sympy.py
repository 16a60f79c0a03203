from sympy import *

x, y, z, n, k = symbols("x y z n k")
a, b = symbols("a b", positive=True)
f = Function("f")
for equation in (x**2 - 5*x + 6, x**4 - 4*x**2 + 3, x**3 - x - 1, exp(x) - 3, sin(x) - Rational(1, 2), log(x) + x - 1):
    print(equation, solve(equation, x))
print(solve([x + y - 3, x*y - 2], [x, y]), linsolve([x + 2*y - 1, x - y - 4], x, y))
print(solveset(cos(x) - 1, x, S.Reals), solveset(x**2 < 4, x, S.Reals))
for expression in (x*exp(x), sin(x)**2, 1/(x**2 + 1), log(x), x**2*cos(x), 1/sqrt(1 - x**2), exp(-x**2)):
    print(expression, integrate(expression, x), diff(expression, x, 2))
print(integrate(exp(-a*x**2), (x, -oo, oo)), integrate(sin(x)/x, (x, 0, oo)), integrate(x*y, (y, 0, x), (x, 0, 1)))
print(limit(sin(x)/x, x, 0), limit((1 + 1/n)**n, n, oo), series(exp(sin(x)), x, 0, 7))
print(factor(x**6 - 1), expand((x + y + 1)**4), apart(1/(x**3 - x)), cancel((x**2 - 1)/(x - 1)), together(1/x + 1/y))
print(simplify(sin(x)**2 + cos(x)**2), trigsimp(2*sin(x)*cos(x)), radsimp(1/(sqrt(2) + 1)), nsimplify(0.333333333333, tolerance=1e-6))
print(dsolve(f(x).diff(x, 2) + 4*f(x), f(x)), dsolve(f(x).diff(x) - f(x)*x, f(x)))
print(summation(k**2, (k, 1, n)), summation(1/k**2, (k, 1, oo)), product(k, (k, 1, n)))
m = Matrix([[2, 1, 0], [1, 3, 1], [0, 1, 4]])
print(m.det(), m.inv(), m.charpoly(x).as_expr(), Matrix([[2, 1], [1, 2]]).eigenvects(), m.LUdecomposition()[1])
print(pi.evalf(60), E.n(30), sqrt(2).evalf(40), zeta(3).evalf(25), N(gamma(Rational(1, 3)), 20))
print(factorint(2**64 + 1), isprime(2**61 - 1), prime(1000), totient(360), list(divisors(360))[:9], gcd(x**2 - 1, x**3 - 1))
pprint(Integral(sqrt(x)/(1 + x**2), (x, 0, 1)))
pprint(Matrix([[x**2/2, sin(y)], [1, Sum(1/k, (k, 1, n))]]))
print(latex(Integral(exp(-x**2)/sqrt(x + 1), x)), ccode(x**2 + sin(y)), srepr(x**2 + y/3))
print(lambdify((x, y), x**2 + sin(y))(3, 0), sympify("2*x + 3/4").subs(x, Rational(1, 8)))
print(groebner([x**2 + y - 1, x*y - 1], x, y), resultant(x**2 - 2, x**3 - 3, x), Poly(x**5 - x - 1).nroots(n=8))
try:
    sympify("x +* 2")
except SympifyError as error:
    print(type(error).__name__)
