/// The version of the program (SemVer).
package let portcullisVersion = "0.1.0"
